module.exports = { displayName: 'state-processor', preset: '../../../jest.preset.cjs' };
