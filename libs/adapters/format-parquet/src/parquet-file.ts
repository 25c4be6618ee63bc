/** A Parquet file over the FileStore port: its footer, and what can be wrong with it. */
import type { AsyncBuffer, FileMetaData } from 'hyparquet';
import { parquetMetadataAsync } from 'hyparquet';
import { isWeirError, toError } from '@weir/base';
import type { FormatFile } from '@weir/connector';
import { ParquetDamagedError } from './errors.js';

/** Footers of files with few row groups fit; a larger one costs a second read. */
const FOOTER_READ_BYTES = 64 * 1024;

/** Reads of the file as hyparquet wants them. A file that became shorter is damaged. */
export function asyncBuffer({ files, path, sizeBytes }: FormatFile): AsyncBuffer {
  return {
    byteLength: sizeBytes,
    async slice(start, end = sizeBytes) {
      const bytes = await files.read(path, start, end - start);
      if (bytes.length !== end - start)
        throw new ParquetDamagedError(path, sizeBytes, `bytes ${start} to ${end} are wanted, ${bytes.length} are there`);
      return (bytes.byteOffset === 0 && bytes.byteLength === bytes.buffer.byteLength ? bytes.buffer : bytes.slice().buffer) as ArrayBuffer;
    },
  };
}

/** The footer. Throws `WEIR_PARQUET_DAMAGED`. */
export async function readFooter(file: FormatFile): Promise<FileMetaData> {
  if (file.sizeBytes < 12) throw new ParquetDamagedError(file.path, file.sizeBytes, 'too short for a Parquet file');
  return asDamage(file, 'the footer cannot be read', async () => {
    const start = await file.files.read(file.path, 0, 4);
    if (String.fromCharCode(...start) !== 'PAR1')
      throw new ParquetDamagedError(file.path, file.sizeBytes, 'it does not start with PAR1: not a Parquet file');
    const metadata = await parquetMetadataAsync(asyncBuffer(file), { initialFetchSize: FOOTER_READ_BYTES });
    for (const [index, group] of metadata.row_groups.entries()) {
      for (const column of group.columns) {
        const meta = column.meta_data;
        const from = meta === undefined ? 0n : (meta.dictionary_page_offset ?? meta.data_page_offset);
        if (meta !== undefined && from + meta.total_compressed_size > BigInt(file.sizeBytes)) {
          throw new ParquetDamagedError(
            file.path,
            file.sizeBytes,
            `column ${meta.path_in_schema.join('.')} of row group ${index} lies behind the end of the file`,
          );
        }
      }
    }
    return metadata;
  });
}

/** Runs a reading; failures of the decoder are damage, failures of the store and of the job stay what they are. */
export async function asDamage<R>(file: FormatFile, what: string, read: () => Promise<R>): Promise<R> {
  try {
    return await read();
  } catch (thrown) {
    if (isWeirError(thrown)) throw thrown;
    throw new ParquetDamagedError(file.path, file.sizeBytes, `${what}: ${toError(thrown).message}`, thrown);
  }
}
