module.exports = { displayName: 'transport-worker', preset: '../../../jest.preset.cjs' };
