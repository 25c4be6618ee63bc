module.exports = { displayName: 'format-json', preset: '../../../jest.preset.cjs' };
