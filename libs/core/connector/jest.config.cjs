module.exports = { displayName: 'connector', preset: '../../../jest.preset.cjs' };
