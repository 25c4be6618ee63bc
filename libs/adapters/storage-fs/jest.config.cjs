module.exports = { displayName: 'storage-fs', preset: '../../../jest.preset.cjs' };
