# Keys in a file: read again when they change. Which algorithms, types and times are accepted.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Mcp;

my $nginx = run_nginx(<<"CONF", { 'jwks.json' => jwks('p256'), 'all.json' => jwks(qw(p256 rsa ed25519)), 'secret.json' => jwks('hmac'), 'mixed.json' => jwks('hmac', 'rsa') });
    mcp_authorization_server https://as.example.com;
    mcp_jwks all.json;
    mcp_leeway 100s;
    server {
        listen 127.0.0.1:%%PORT%%;
        location /rotated { $protected mcp_leeway 0s; %%OK%% }
        location /all     { mcp_resource https://mcp.example.com/all; mcp_audience $resource; %%OK%% }
        location /es      { mcp_resource https://mcp.example.com/es; mcp_audience $resource; mcp_algorithms ES256 EdDSA; %%OK%% }
        location /strict  { mcp_resource https://mcp.example.com/strict; mcp_audience $resource; mcp_token_type at+jwt; %%OK%% }
        location /secret  { mcp_resource https://mcp.example.com/secret; mcp_audience $resource; mcp_jwks secret.json; %%OK%% }
        location /mixed   { mcp_resource https://mcp.example.com/mixed; mcp_audience $resource; mcp_jwks mixed.json; %%OK%% }
    }
CONF
sub status ($path, $token) { return $nginx->get($path, token => $token)->status }
sub signed ($key, %options) { return mint($key, claims(aud => $resource), %options) }
sub becomes ($status, $token) { return ok(wait_for(5, sub { status('/rotated', $token) == $status }), "within seconds it gets $status") }

my ($old, $new) = (access_token(), signed('rsa'));
is status('/rotated', $old), 200, 'a token of the key in the file';
is status('/rotated', $new), 401, 'one of another key';
my $worker = $nginx->worker_pid;
$nginx->write_file('jwks.json', jwks('p256', 'rsa'));
becomes(200, $new);
is status('/rotated', $old), 200, 'a key that is still there stays good';
$nginx->write_file('jwks.json', jwks('rsa'));
becomes(401, $old);
is status('/rotated', $new), 200, 'the token of a withdrawn key is refused, though it was verified before; the new one passes';
$nginx->write_file('jwks.json', '{"keys":');
ok wait_for(5, sub { status('/rotated', $new); $nginx->log =~ /jwks\.json" cannot be used, the old keys stay/ }), 'a bad file is told';
is status('/rotated', $new), 200, 'and the old keys stay';
is status('/rotated', $old), 401, 'no others';
unlink $nginx->dir . '/jwks.json';
ok wait_for(5, sub { status('/rotated', $new); $nginx->log =~ /jwks\.json" cannot be read, the old keys stay/ }), 'a missing file is told';
is status('/rotated', $new), 200, 'and the old keys stay';
$nginx->write_file('jwks.json', jwks('p256'));
becomes(200, $old);
is status('/rotated', $new), 401, 'and are replaced when there are new ones';
is $nginx->worker_pid, $worker, 'without a reload';

is status('/all', signed($_)), 200, "keys for all servers of this level: $_" for qw(p256 rsa ed25519);
is status('/es', signed($_)), 200, "SPEC 70: mcp_algorithms: $_ passes" for qw(p256 ed25519);
is status('/es', signed('rsa', alg => $_)), 401, "SPEC 70: mcp_algorithms: $_ does not" for qw(RS256 PS256);
is status('/all', signed('rsa', alg => $_)), 200, "without it: $_" for qw(RS256 PS256 RS512);
is status('/secret', signed('hmac')), 200, 'a secret, for tokens one issues oneself';
is status('/secret', signed('hmac_other', header => { kid => 'hmac' })), 401, 'and not another';
is status('/mixed', signed('rsa')), 200, 'a secret beside public keys: the public one counts';
is status('/mixed', signed('hmac')), 401, 'SPEC 73: the secret does not';
my $public = public_pem('rsa');
is status('/mixed', mint(\$public, claims(aud => $resource), header => { kid => 'rsa' })), 401, 'SPEC 70: a public key is no secret';

is status('/strict', signed('p256', header => { typ => $_ })), 200, "SPEC 79: at+jwt: $_" for qw(at+jwt AT+JWT application/at+jwt);
is status('/strict', signed('p256', header => { typ => $_ })), 401, 'SPEC 79: not ' . ($_ // 'none') for 'JWT', undef, 'at+jw', 'at+jwt+x', '';
is status('/all', signed('p256', header => { typ => $_ })), 200, 'any: ' . ($_ // 'none') for 'JWT', 'jwt', undef, 'at+jwt';
is status('/all', signed('p256', header => { typ => $_ })), 401, "SPEC 77: never: $_" for qw(dpop+jwt logout+jwt secevent+jwt application/dpop+jwt oauth-id-jag+jwt);

is status('/all', access_token(exp => time - 50)), 200, 'SPEC 78: mcp_leeway: a clock that is late';
is status('/all', access_token(exp => time - 101)), 401, 'SPEC 78: but not more than that';
is status('/all', access_token(nbf => time + 50)), 200, 'SPEC 78: or early';
is status('/all', access_token(nbf => time + 200)), 401, 'SPEC 78: but not more than that';
is status('/rotated', access_token(exp => time - 1)), 401, 'a level below sets its own';

finish();
