/** D1 for the tests themselves: answers the rows of each statement. Through wrangler's own way in they would wait three times as long. */
import type { D1Database } from '@cloudflare/workers-types'

/** SQL, and what its parameters are. */
export type Query = [sql: string, values: (string | number | null)[]]

export default {
  async fetch(request: Request, { DB }: { DB: D1Database }): Promise<Response> {
    const queries = (await request.json()) as Query[]
    try {
      const answers = await DB.batch(queries.map(([sql, values]) => DB.prepare(sql).bind(...values)))
      return Response.json(answers.map(({ results }) => results))
    } catch (error) {
      return new Response(String(error), { status: 400 })
    }
  },
}
