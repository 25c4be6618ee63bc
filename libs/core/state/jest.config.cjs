module.exports = { displayName: 'state', preset: '../../../jest.preset.cjs' };
