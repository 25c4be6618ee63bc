/** Log files of a cluster's processes over REST, as far as its JobManager can read them. */
export interface LogText {
  readonly name: string;
  readonly text: string;
}

export async function readLogs(baseUrl: string, token: string): Promise<LogText[]> {
  const headers: Record<string, string> = token === '' ? {} : { authorization: `Bearer ${token}` };
  const listing = await fetch(`${baseUrl}/jobmanager/logs`, { headers });
  if (!listing.ok) return [];
  const { logs } = (await listing.json()) as { readonly logs: readonly { readonly name: string }[] };
  const texts = await Promise.all(logs.map(async ({ name }) => {
    const answer = await fetch(`${baseUrl}/jobmanager/logs/${encodeURIComponent(name)}`, { headers });
    return answer.ok ? [{ name, text: await answer.text() }] : [];
  }));
  return texts.flat();
}
