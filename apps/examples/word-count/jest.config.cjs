module.exports = { displayName: 'word-count', preset: '../../../jest.preset.cjs' };
