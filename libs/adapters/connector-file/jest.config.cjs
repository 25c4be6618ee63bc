module.exports = { displayName: 'connector-file', preset: '../../../jest.preset.cjs' };
