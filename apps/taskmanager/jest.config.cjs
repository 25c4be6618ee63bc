module.exports = { displayName: 'taskmanager', preset: '../../jest.preset.cjs' };
