# Tokens that the authorization server is asked about (RFC 7662): how it is asked, what its answer makes of a token, and
# which tokens are verified here instead.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Mcp;

my $as      = run_origin();
my $port    = $as->port;
my $issuer  = "http://127.0.0.1:$port/as";
my $setting = "mcp_introspection http://127.0.0.1:$port/introspect client_id=gate:way client_secret_file=secret";
my $nginx   = run_nginx(<<"CONF", { 'jwks.json' => jwks('p256'), secret => "secret-%-of-the-gateway\n" });
    mcp_zone mcp 1m;
    mcp_authorization_server $issuer;
    server {
        listen 127.0.0.1:%%PORT%%;
        location /mcp    { mcp_resource $resource; $setting; mcp_scope read; mcp_scope write method=tools/call; proxy_pass http://127.0.0.1:%%PORT_BACK%%; }
        location /both   { mcp_resource https://mcp.example.com/both; mcp_audience $resource; $setting; mcp_jwks jwks.json; proxy_pass http://127.0.0.1:%%PORT_BACK%%; }
        location /iss    { mcp_resource https://mcp.example.com/iss; mcp_audience $resource; $setting issuer=other; proxy_pass http://127.0.0.1:%%PORT_BACK%%; }
        location /short  { mcp_resource https://mcp.example.com/short; mcp_audience $resource; $setting max_ttl=1s negative_ttl=0s; proxy_pass http://127.0.0.1:%%PORT_BACK%%; }
    }
    server { listen 127.0.0.1:%%PORT_BACK%%; return 200 "\$http_authorization|\$http_x_mcp_subject"; }
CONF
$nginx->keep_out_of_log('secret-%-of-the-gateway');
my $number = 0;
sub token () { return 'opaque-token-' . ++$number }
sub active (%claims) { return to_json({ active => JSON::true, aud => $resource, scope => 'read', %claims }) }
sub status ($path, $token, @more) { return $nginx->get($path, token => $token, @more)->status }
sub asked () { return scalar(() = $as->requests('/introspect')) }

# --- the question

my $token = token();
$as->answer('/introspect', body => active(sub => 'alice'));
my $response = $nginx->get('/mcp', token => "$token~+/=");
is $response->status, 200, 'an active token passes';
is $response->body, '|', 'SPEC 13: the backend sees no credentials';
my ($question) = $as->requests('/introspect');
is $question->{method}, 'POST', 'SPEC 84: asked by POST';
is $question->{body}, "token=$token%7E%2B%2F%3D&token_type_hint=access_token", 'SPEC 84: the token is in the form, encoded';
is TestNginx::Origin::header($question, 'Content-Type'), 'application/x-www-form-urlencoded', 'which is one';
is TestNginx::Origin::header($question, 'Authorization'), 'Basic Z2F0ZSUzQXdheTpzZWNyZXQtJTI1LW9mLXRoZS1nYXRld2F5', 'id and secret are form-encoded first';

# --- the answer, judged by the rules of the location

sub judged ($name, $answer, $status, $reason = undef, $path = '/mcp') {
    $as->answer('/introspect', body => $answer);
    my $opaque = token();
    return is status($path, $opaque), $status, $name if !$reason;
    my @challenge = $status == 401 ? (challenge => qr{resource_metadata="}) : ();
    return $nginx->refuses($name, path => $path, token => $opaque, status => $status, reason => qr/$reason/, @challenge);
}
judged('aud as an array', active(aud => ['x', $resource]), 200);
judged('with the issuer', active(iss => $issuer), 200);
judged('SPEC 75: for another resource', active(aud => 'https://other.example.com/mcp'), 401, 'audience_not_accepted');
judged('SPEC 75: for nobody', to_json({ active => JSON::true, scope => 'read' }), 401, 'audience_missing');
judged('of another issuer', active(iss => 'https://other.example.com'), 401, 'issuer_not_accepted');
judged('issuer=: that one', active(iss => 'other'), 200, undef, '/iss');
judged('issuer=: not the authorization server', active(iss => $issuer), 401, 'issuer_not_accepted', '/iss');
judged('SPEC 86: expired', active(exp => time - 1), 401, 'expired');
judged('not yet valid', active(nbf => time + 100), 401, 'not_yet_valid');
judged('bound to a key', active(cnf => { jkt => 'x' }), 401, 'token_sender_constrained');
judged('of type DPoP', active(token_type => 'dpop'), 401, 'token_sender_constrained');
$as->answer('/introspect', body => active(scope => 'other'));
my $without = $nginx->get('/mcp', token => token());
is $without->status, 403, 'without the scope';
like $without->header('WWW-Authenticate'), qr{error="insufficient_scope", scope="read"}, 'which the challenge names';
# The log is searched for the secret at the end.
for my $echo ('secret-%-of-the-gateway', 'secret-%25-of-the-gateway', 'xsecret-%-of-the-gat') {
    judged("an answer with the client's secret in aud", active(aud => $echo), 401, 'audience_not_accepted: .*: the answer repeats what was sent to the server');
    judged("... in scope", active(scope => $echo), 403);
}
judged('inactive: the log says who was asked, and as whom', '{"active":false}', 401, qr{token_inactive: the token is inactive \(expired or revoked\), asked "http://127\.0\.0\.1:\d+/introspect" as client "[^"]+"});

$as->answer('/introspect', body => active());
my $narrow = token();
is status('/mcp', $narrow, method => 'POST', body => message('tools/call', name => 'x')), 403, 'policy reads the operation as ever';
$as->answer('/introspect', body => active(scope => 'read write'));
is status('/mcp', token(), method => 'POST', body => message('tools/call', name => 'x')), 200, 'and lets pass whom it lets pass';

# --- what is kept

$as->answer('/introspect', body => active());
my $kept = token();
my $before = asked();
status('/mcp', $kept) for 1 .. 3;
is asked() - $before, 1, 'a good answer is kept';
is status('/iss', $kept), 200, 'for all locations that ask in the same way';
is asked() - $before, 1, 'without another question';
$as->answer('/introspect', body => active(), delay => 1.2);
my $slow = token();
is status('/short', $slow), 200, 'an answer that took longer than it may be kept';
my $asked = asked();
is status('/short', $slow), 200, 'may be out of date';
is asked() - $asked, 1, 'and is not kept: the time begins with the question';
$before += 2;
$as->answer('/introspect', body => '{"active":false}');
my $inactive = token();
status('/mcp', $inactive) for 1 .. 3;
is asked() - $before, 2, 'a definitive no is kept for a moment';
is status('/mcp', $kept), 200, 'and what is kept stays good';
status('/short', $inactive) for 1 .. 3;
is asked() - $before, 5, 'negative_ttl=0s: it is not';
ok wait_for(10, sub { status('/short', $kept) == 401 }), 'max_ttl: a revocation takes effect';

my $soon = token();
$as->answer('/introspect', body => active(exp => time + 2));
is status('/mcp', $soon), 200, 'a token that is about to expire';
ok wait_for(10, sub { status('/mcp', $soon) == 401 }), 'SPEC 86: is not kept longer than it is valid';

# --- beside keys: a JWS is verified here

$before = asked();
$as->answer('/introspect', body => active());
my %good = (iss => $issuer, aud => $resource);
is status('/both', mint('p256', claims(%good))), 200, 'a good JWS';
is status('/both', mint('p256', claims(%good, aud => 'x'))), 401, 'a JWS for another resource';
is status('/both', mint('p256_other', claims(%good), header => { kid => 'p256' })), 401, 'a forged JWS';
is status('/both', mint('p256', claims(%good, cnf => { jkt => 'x' }))), 401, 'a JWS bound to a key';
is asked(), $before, 'none of them is asked about';
is status('/both', token()), 200, 'an opaque one';
is status('/both', 'two.dots.inside'), 200, 'an opaque one with two dots';
is asked() - $before, 2, 'are';
is status('/mcp', mint('p256', claims(%good))), 200, 'without keys a JWS is introspected, too';
is asked() - $before, 3, 'indeed';

finish();
