module.exports = { displayName: 'first-job', preset: '../../../jest.preset.cjs' };
