module.exports = { displayName: 'state-leveldb', preset: '../../../jest.preset.cjs' };
