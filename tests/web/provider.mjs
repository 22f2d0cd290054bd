// A real OpenID provider (oidc-provider, which is certified) for the tests of signing in: on loopback, with the accounts
// that it is given. Its pages for signing in are the library's own for development. It says on which port it listens.
import { createServer } from 'node:http';
import Provider, { interactionPolicy } from 'oidc-provider';

const { clientId, secret, answerAt, accounts } = JSON.parse(process.argv[2]);

const server = createServer();
await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
const issuer = `http://localhost:${server.address().port}`; // to a browser another site than 127.0.0.1, as in life

// Whoever works here has agreed to it by their contract: nobody is asked.
const policy = interactionPolicy.base();
policy.get('consent').checks.remove('native_client_prompt');

const provider = new Provider(issuer, {
  clients: [
    // Of a native client any port of this machine will do: each test serves the page at another one.
    { client_id: clientId, client_secret: secret, redirect_uris: [answerAt], application_type: 'native' },
  ],
  claims: { openid: ['sub', 'oid', 'roles'], profile: ['name'], email: ['email', 'email_verified'] },
  conformIdTokenClaims: false, // in the ID token, as Entra ID does it
  pkce: { required: () => true },
  cookies: { keys: ['a made-up key'] },
  findAccount: (_, id) => accounts[id] && { accountId: id, claims: () => ({ sub: id, ...accounts[id] }) },
  interactions: { policy },
  async loadExistingGrant({ oidc }) {
    const grant = new oidc.provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
    grant.addOIDCScope('openid profile email');
    await grant.save();
    return grant;
  },
});

server.on('request', provider.callback());
console.log(issuer);
process.stdin.on('end', () => process.exit()).resume(); // the tests are over
