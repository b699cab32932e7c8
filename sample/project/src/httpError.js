/** An answer other than success, thrown by whatever notices it and turned into a response by the server. */
export class HttpError extends Error {
  /**
   * @param {number} status the HTTP status
   * @param {string} code a short stable word that clients may compare
   * @param {string} message one sentence for people
   * @param {Record<string, string>} headers further response headers
   */
  constructor(status, code, message, headers = {}) {
    super(message);
    this.name = 'HttpError';
    this.status = status;
    this.code = code;
    this.headers = headers;
  }

  /**
   * @returns {{ status: number, headers: Record<string, string>, body: object }} the response to send
   */
  toReply() {
    const { status, headers, code, message } = this;
    return { status, headers, body: { error: { code, message } } };
  }
}
