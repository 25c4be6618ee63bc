export { parquet, type ParquetOptions } from './parquet.js';
export {
  ParquetColumnMissingError,
  ParquetDamagedError,
  ParquetOptionsError,
  ParquetRecordUnwritableError,
  ParquetValueError,
} from './errors.js';
