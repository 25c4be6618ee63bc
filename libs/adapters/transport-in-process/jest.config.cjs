module.exports = { displayName: 'transport-in-process', preset: '../../../jest.preset.cjs' };
