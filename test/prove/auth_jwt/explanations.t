# A refusal's line in the log says what differs: which claim, what came, what is accepted, which key was left out.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;

my $nginx = run_nginx(<<'CONF', { 'jwks.json' => jwks('p256') });
    server {
        listen 127.0.0.1:%%PORT%%;
        auth_jwt "site";
        auth_jwt_key_file jwks.json;
        location /ok   { %%OK%% }
        location /rule {
            auth_jwt_require_claim role eq admin;
            auth_jwt_require_claim role
                !eq guest;
            %%OK%%
        }
    }
CONF
$nginx->passes_after('/ok', token => mint('p256'));
my $now = time;
sub tells ($name, $token, $text, $path = '/ok') { return $nginx->refuses($name, path => $path, token => $token, reason => qr/auth_jwt: \Q$text\E, client: /) }
sub begins ($name, $token, $text) { return $nginx->refuses($name, token => $token, reason => qr/auth_jwt: \Q$text\E/) }

tells('a claim of the wrong type', mint('p256', '{"exp":"soon"}'), 'time_claim_invalid: a time claim of the token is not a valid date: exp is "soon", and must be a number of seconds up to the year 9999');
$nginx->refuses('an expired token', token => mint('p256', claims(exp => $now - 60)), reason => qr/expired: the token has expired: exp is ${\($now - 60)}, \d+ s ago; the leeway is 0 s, client: /);
tells('a header parameter of the wrong type', mint('p256', claims(), header => '{"alg":"ES256","kid":7}'), 'header_invalid: a member of the token header is missing or has the wrong type: kid is 7, and must be a string');
tells('an algorithm', assemble('p256', 'ES256', '{"alg":"none"}', '{}'), 'algorithm_unsupported: the signature algorithm of the token is not supported: alg is "none"');
tells('another kind of token', mint('p256', claims(), header => { typ => 'logout+jwt' }), 'type_not_accepted: the type of the token is not accepted: typ is "logout+jwt", which is no access token');
tells('an unknown key', mint('p256_other'), 'key_not_found: no key matches the token: kid is "p256_other", alg is "ES256"; there are keys with kid "p256"');
tells('a key that is for something else', mint('rsa', claims(), header => { kid => 'p256' }), 'key_not_found: no key matches the token: kid is "p256", alg is "RS256"; the key of this kid is for ES256');
tells('an opaque token', 'opaque', 'token_not_compact_jws: the token does not have three parts: it has no dot: probably an opaque token, which needs introspection');
tells('a payload of another kind', mint('p256', '[]'), 'payload_not_json_object: the token payload is not a JSON object: its payload is an array');
tells('a claim twice', mint('p256', '{"exp":1,"exp":2}'), 'token_duplicate_member: an object of the token has two members of one name: in its payload');
begins('a symmetric algorithm where keys are public', mint('hmac', claims(), alg => 'HS512'),
    'key_not_found: no key matches the token: kid is "hmac", alg is "HS512"; this algorithm is symmetric, so that no published key can verify it: '
        . 'let the authorization server sign access tokens with RS256 or ES256 (Keycloak: the client\'s setting "Access token signature algorithm")');

for my $role ('guest', 7) {
    my $kind = $role eq '7' ? 'an integer' : 'a string';
    $nginx->refuses("a claim rule is named by its place, and the claim by its kind: $role", path => '/rule', token => mint('p256', claims(role => $role)),
        reason => qr/requirement_failed: the token does not meet a requirement: claim "role", eq \(\S+nginx\.conf:\d+\): the comparison fails, it is $kind, client: /);
}
$nginx->refuses('a claim that is not there', path => '/rule', token => mint('p256'), reason => qr/claim "role", eq \(\S+:\d+\): the token does not have it, client: /);

# What a token says is chosen by strangers: it is escaped and cut.
my $mark = $nginx->log_mark;
$nginx->get('/ok', token => mint('p256', claims(), header => to_json({ alg => 'ES256', kid => "x\n[warn] evil\e[2J" . 'y' x 3000 })));
my @lines = split /\n/, $nginx->log($mark);
is @lines, 1, 'one line';
like $lines[0], qr/kid is "x\\u000a\[warn\] evil\\u001b\[2Jy+"\.\.\./, 'control characters are escaped, and the rest is cut';
cmp_ok length $lines[0], '<', 700, 'a short line';

finish();
