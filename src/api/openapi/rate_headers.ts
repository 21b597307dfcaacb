/** The headers of {@link rateHeaders}, as the document has them. */
export const rateHeadersDocumented = {
  "RateLimit-Policy": {
    description: "Requests and seconds of a window, such as `600;w=60`",
    schema: { type: "string" },
  },
  "RateLimit-Limit": { description: "Requests that a window has", schema: { type: "integer" } },
  "RateLimit-Remaining": { description: "Requests left in this window", schema: { type: "integer" } },
  "RateLimit-Reset": { description: "Seconds until the next window begins", schema: { type: "integer" } },
} as const;
