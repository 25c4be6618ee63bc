module.exports = { displayName: 'host-node', preset: '../../../jest.preset.cjs' };
