# A refusal's line in the log says what differs; the client is told nothing of that. A token that no key could help gets 401,
# also while keys cannot be had: nobody waits, or asks for keys, on its account.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Mcp;

my $as = run_origin();
$as->answer('/down', status => 500, body => '');
$as->answer('/jwks', body => jwks('p256'));
my $base = 'http://127.0.0.1:' . $as->port;
my $nginx = run_nginx(<<"CONF", { 'jwks.json' => jwks('p256'), 'other.json' => jwks('rsa') });
    server {
        listen 127.0.0.1:%%PORT%%;
        location /mcp  { $protected mcp_scope mcp:read; %%OK%% }
        location /rs   { mcp_resource https://mcp.example.com/rs; mcp_authorization_server https://as.example.com; mcp_jwks jwks.json; mcp_algorithms RS256; %%OK%% }
        location /two  { mcp_resource https://mcp.example.com/two; mcp_authorization_server https://as.example.com https://as2.example.com;
                         mcp_jwks jwks.json issuer=https://as.example.com; mcp_jwks other.json issuer=https://as2.example.com; %%OK%% }
        location /down { mcp_resource https://mcp.example.com/down; mcp_audience $resource; mcp_authorization_server https://as.example.com; mcp_jwks $base/down; %%OK%% }
        location /url  { mcp_resource https://mcp.example.com/url; mcp_audience $resource; mcp_authorization_server https://as.example.com; mcp_jwks $base/jwks; %%OK%% }
    }
CONF
$nginx->passes_after('/mcp', token => access_token());
sub tells ($name, $token, $text, $path = '/mcp') { return $nginx->refuses($name, path => $path, token => $token, reason => qr/mcp_resource: refused with 401 \(\w+\): \Q$text\E/) }

tells('another issuer', access_token(iss => 'https://evil.example.com'), 'issuer_not_accepted: the issuer of the token is not accepted: iss is "https://evil.example.com", accepted is "https://as.example.com", client: ');
tells('the issuer with a slash', access_token(iss => 'https://as.example.com/'), 'issuer_not_accepted: the issuer of the token is not accepted: iss is "https://as.example.com/", accepted is "https://as.example.com": the slash at the end makes the difference');
tells('no issuer', access_token(iss => undef), 'issuer_missing: the token does not name its issuer: iss is missing, accepted is "https://as.example.com"');
tells('another audience', access_token(aud => ['account', 'x']), qq(audience_not_accepted: the token was not issued for this resource: aud is ["account", "x"], accepted is "$resource", client: ));
tells('a claim of the wrong type', access_token(exp => 'soon'), 'time_claim_invalid: a time claim of the token is not a valid date: exp is "soon", and must be a number of seconds');
tells('one of several issuers', access_token(iss => 'https://evil.example.com', aud => 'https://mcp.example.com/two'), 'issuer_not_accepted: the issuer of the token is not accepted: iss is "https://evil.example.com", accepted is "https://as.example.com" or "https://as2.example.com"', '/two');
tells('garbage at a resource with several issuers', 'garbage', 'token_not_compact_jws: the token does not have three parts: it has no dot: probably an opaque token', '/two');
tells('a bound token', access_token(cnf => { jkt => 'a-thumbprint' }), 'token_sender_constrained: the token is bound to a key, and a Bearer request does not prove possession of that key: cnf names "jkt"; let the authorization server issue bearer tokens to this client');
tells('an unknown key', mint('p256_other', claims(aud => $resource)), 'key_not_found: no key matches the token: kid is "p256_other", alg is "ES256"; there are keys with kid "p256"');
my $symmetric = 'this algorithm is symmetric, so that no published key can verify it: let the authorization server sign access tokens with RS256 or ES256 (Keycloak: the client\'s setting "Access token signature algorithm")';
tells('a symmetric algorithm where keys are public', mint('hmac', claims(aud => $resource), alg => 'HS512'), qq(key_not_found: no key matches the token: kid is "hmac", alg is "HS512"; $symmetric));
tells('also where the algorithms are listed', mint('hmac', claims(aud => $resource), alg => 'HS512'), qq(algorithm_not_allowed: the signature algorithm of the token is not allowed: alg is "HS512", allowed is RS256; $symmetric), '/rs');
$nginx->refuses('a scope of the wrong type', path => '/mcp', status => 403, challenge => qr/insufficient_scope/, token => access_token(scope => { 'mcp:read' => 1 }),
    reason => qr/scope_insufficient: .*, missing "mcp:read": scope is an object, and must be a string or an array of strings: it grants nothing/);

my $refusal = $nginx->get('/mcp', token => access_token(iss => 'https://evil.example.com'));
unlike $refusal->body . join(' ', $refusal->headers('WWW-Authenticate')), qr/evil|accepted is/, 'the client is told nothing of what differs';

my %hopeless = (
    'garbage'                => ['no-jws',                                                                          'token_not_compact_jws'],
    'alg none'               => [assemble('p256', 'ES256', '{"alg":"none"}', '{}'),                                 'algorithm_unsupported'],
    'another kind of token'  => [mint('p256', claims(aud => $resource), header => { typ => 'dpop+jwt' }),           'type_not_accepted'],
    'a claim twice'          => [mint('p256', '{"exp":9999999999,"exp":9999999999}'),                               'token_duplicate_member'],
    'an expired one'         => [access_token(exp => time - 60),                                                    'expired'],
    'one of another issuer'  => [access_token(iss => 'https://evil.example.com'),                                   'issuer_not_accepted'],
    'one for somebody else'  => [access_token(aud => 'https://other.example.com'),                                  'audience_not_accepted'],
);
for my $name (sort keys %hopeless) {
    my ($token, $reason) = $hopeless{$name}->@*;
    tells("$name, while keys cannot be had: 401", $token, "$reason: ", '/down');
}
is $nginx->get('/down', token => access_token())->status, 503, 'a token that may be good: 503';

is $nginx->get('/url', token => access_token())->status, 200, 'keys are fetched';
my $asked = () = $as->requests('/jwks');
tells('an expired token of a key that is not there', mint('p256_other', claims(aud => $resource, exp => 1)), 'expired: the token has expired: exp is 1, ', '/url');
is scalar(() = $as->requests('/jwks')), $asked, 'makes nobody ask for newer ones';
tells('one that may be good', mint('p256_other', claims(aud => $resource)), 'key_not_found: ', '/url');
is scalar(() = $as->requests('/jwks')), $asked + 1, 'does';

finish();
