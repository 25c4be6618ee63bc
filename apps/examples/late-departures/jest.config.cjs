module.exports = { displayName: 'late-departures', preset: '../../../jest.preset.cjs' };
