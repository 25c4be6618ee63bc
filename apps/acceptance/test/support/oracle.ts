/** The main job's answer by SQL over the same file: no streams, no watermarks, no state. */
import { DuckDBInstance, type DuckDBConnection, type Json } from '@duckdb/node-api';

export interface DelayRow {
  readonly origin: string;
  readonly window_start: string;
  readonly flights: number;
  readonly mean_delay: number;
  readonly max_delay: number;
  readonly late_share: number;
}

export interface AlertRow {
  readonly origin: string;
  readonly since: string;
  readonly at: string;
  readonly mean_delay: number;
}

export interface OracleAnswer {
  readonly delays: readonly DelayRow[];
  readonly alerts: readonly AlertRow[];
  /** How far a flight comes behind an earlier one of the file, at most: the job's out-of-orderness must cover it. */
  readonly disorderMinutes: number;
}

const HOURS = (file: string): string => `
  SELECT origin, date_trunc('hour', date) AS hour, count(*) AS flights, sum(delay) AS total, max(delay) AS worst,
         count(*) FILTER (WHERE delay > 15) AS late
  FROM read_parquet('${file}') GROUP BY ALL`;

const TEXT = (timestamp: string): string => `strftime(${timestamp}, '%Y-%m-%dT%H:%M:%SZ')`;

/**
 * Gaps and islands: hours in trouble of one airport that follow each other have the same difference between hour and row number. The third
 * row of an island is the alert.
 */
const ALERTS = `
  WITH troubled AS (
    SELECT *, hour - INTERVAL 1 HOUR * row_number() OVER (PARTITION BY origin ORDER BY hour) AS island
    FROM hours WHERE flights >= 5 AND total / flights::DOUBLE > 60
  ), numbered AS (
    SELECT origin, hour,
           row_number() OVER run AS nth,
           first_value(hour) OVER run AS since,
           sum(total) OVER (run ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS total3,
           sum(flights) OVER (run ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS flights3
    FROM troubled WINDOW run AS (PARTITION BY origin, island ORDER BY hour)
  )
  SELECT origin, ${TEXT('since')} AS since, ${TEXT('hour')} AS "at", total3::DOUBLE / flights3::DOUBLE AS mean_delay
  FROM numbered WHERE nth = 3 ORDER BY origin, "at"`;

const DELAYS = `
  SELECT origin, ${TEXT('hour')} AS window_start, flights::INTEGER AS flights, total::DOUBLE / flights AS mean_delay,
         worst::INTEGER AS max_delay, late::DOUBLE / flights AS late_share
  FROM hours ORDER BY origin, window_start`;

const DISORDER = (file: string): string => `
  SELECT (epoch(max(latest - date)) / 60)::INTEGER AS minutes
  FROM (SELECT date, max(date) OVER (ROWS UNBOUNDED PRECEDING) AS latest FROM read_parquet('${file}'))`;

export async function askOracle(file: string): Promise<OracleAnswer> {
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  try {
    await connection.run("SET TimeZone = 'UTC'");
    await connection.run('SET preserve_insertion_order = true');
    await connection.run(`CREATE TABLE hours AS ${HOURS(file)}`);
    const delays = (await rows(connection, DELAYS)) as unknown as DelayRow[];
    const alerts = (await rows(connection, ALERTS)) as unknown as AlertRow[];
    const [{ minutes }] = (await rows(connection, DISORDER(file))) as unknown as { minutes: number }[];
    return { delays, alerts, disorderMinutes: minutes };
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** Writes the first `count` flights to a Parquet file of several row groups, with the columns named. */
export async function writeFlights(from: string, to: string, count: number, columns = '*'): Promise<void> {
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  try {
    await connection.run(
      `COPY (SELECT ${columns} FROM read_parquet('${from}') LIMIT ${count}) TO '${to}' (FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE 30000)`,
    );
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

async function rows(connection: DuckDBConnection, sql: string): Promise<Record<string, Json>[]> {
  return (await connection.runAndReadAll(sql)).getRowObjectsJson();
}
