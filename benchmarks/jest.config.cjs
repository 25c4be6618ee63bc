module.exports = { displayName: 'benchmarks', preset: '../jest.preset.cjs' };
