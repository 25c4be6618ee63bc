module.exports = { displayName: 'format-csv', preset: '../../../jest.preset.cjs' };
