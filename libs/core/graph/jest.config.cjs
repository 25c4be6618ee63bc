module.exports = { displayName: 'graph', preset: '../../../jest.preset.cjs' };
