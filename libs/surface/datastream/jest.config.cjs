module.exports = { displayName: 'datastream', preset: '../../../jest.preset.cjs' };
