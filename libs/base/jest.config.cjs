module.exports = { displayName: 'base', preset: '../../jest.preset.cjs' };
