module.exports = { displayName: 'acceptance', preset: '../../jest.preset.cjs' };
