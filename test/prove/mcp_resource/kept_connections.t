# Clients keep their connections. From the second request on nginx may tell a request that the connection can be written
# to while the request still waits for the authorization server: it must go on waiting.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Mcp;

my $as     = run_origin();
my $port   = $as->port;
my $issuer = "http://127.0.0.1:$port";
my $ask    = "mcp_introspection $issuer/introspect client_id=c client_secret_file=secret";
$as->answer('/introspect', body => to_json({ active => JSON::true, aud => $resource, scope => 'read write' }), delay => 0.1);
$as->answer('/slow', body => jwks('p256'), delay => 1);
my $nginx  = run_nginx(<<"CONF", { secret => "s\n", 'jwks.json' => jwks('p256') });
    mcp_zone mcp 1m;
    mcp_authorization_server $issuer;
    server {
        listen 127.0.0.1:%%PORT%%;
        location /opaque { mcp_resource $resource; $ask; mcp_scope write method=tools/call; proxy_pass http://127.0.0.1:%%PORT_BACK%%; }
        location /known  { mcp_resource https://mcp.example.com/known; mcp_audience $resource; mcp_jwks jwks.json; proxy_pass http://127.0.0.1:%%PORT_BACK%%; }
        location /slow   { mcp_resource https://mcp.example.com/slow; mcp_audience $resource; mcp_jwks $issuer/slow; proxy_pass http://127.0.0.1:%%PORT_BACK%%; }
    }
    server { listen 127.0.0.1:%%PORT_BACK%%; return 200 passed; }
CONF
my $jwt = mint('p256', claims(iss => $issuer, aud => $resource));
sub statuses (@requests) { return join ' ', map { $_->status } $nginx->get_in_turn(@requests) }

# While nginx still fetches them.
is statuses(['/known', token => $jwt], ['/slow', token => $jwt], ['/slow', token => $jwt]), '200 200 200', 'the first keys are waited for';

is statuses(map { ['/opaque', token => "opaque-$_"] } 1 .. 5), '200 200 200 200 200', 'each new token is asked about, and waited for';
is scalar(() = $as->requests('/introspect')), 5, 'once';
my $call = message('tools/call', name => 'x');
is statuses(map { ['/opaque', token => "posted-$_", method => 'POST', body => $call] } 1 .. 3), '200 200 200', 'and the body is read then';

$as->answer('/introspect', body => '{"active":false}', delay => 0.1);
is statuses((map { ['/opaque', token => "inactive-$_"] } 1 .. 2), ['/known', token => $jwt]), '401 401 200', 'and so is a no';
finish();
