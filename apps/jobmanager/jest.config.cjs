module.exports = { displayName: 'jobmanager', preset: '../../jest.preset.cjs' };
