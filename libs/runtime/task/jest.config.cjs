module.exports = { displayName: 'task', preset: '../../../jest.preset.cjs' };
