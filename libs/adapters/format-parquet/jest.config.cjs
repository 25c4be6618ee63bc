module.exports = { displayName: 'format-parquet', preset: '../../../jest.preset.cjs' };
