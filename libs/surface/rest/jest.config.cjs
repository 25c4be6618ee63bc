module.exports = { displayName: 'rest', preset: '../../../jest.preset.cjs' };
