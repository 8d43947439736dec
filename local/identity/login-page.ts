import type { IncomingMessage, ServerResponse } from 'node:http';

const MAX_FORM_BYTES = 8 * 1024;

/** Answers with the sign-in form, which posts `username` and `password` to its own address. */
export function showLogin(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' });
  response.end(loginPage(message));
}

/** Reads a posted form; anything beyond 8 KB is not read. */
export async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  let text = '';
  for await (const chunk of request) {
    text += chunk;
    if (text.length > MAX_FORM_BYTES) break;
  }
  return new URLSearchParams(text);
}

function loginPage(message: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Sign in</title>
<style>
body { font: 1rem/1.5 system-ui, sans-serif; display: grid; place-content: center; min-height: 90vh; }
form { display: grid; gap: .75rem; width: 18rem; }
input, button { font: inherit; padding: .5rem; }
p { color: #b00020; margin: 0; min-height: 1.5rem; }
</style>
</head>
<body>
<form method="post">
<h1>Sign in</h1>
<label>User name <input name="username" autocomplete="username" required autofocus></label>
<label>Password <input name="password" type="password" autocomplete="current-password" required></label>
<p role="alert">${message}</p>
<button>Sign in</button>
</form>
</body>
</html>
`;
}
