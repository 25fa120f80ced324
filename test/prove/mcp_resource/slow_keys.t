# A good token is never called bad while the key that verifies it is on its way (SPEC 87), however slow its issuer is.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Mcp;
my $as = run_origin();
my $port = $as->port;
my $issuer = "http://127.0.0.1:$port";
$as->answer('/jwks', body => jwks('p256'));
my $nginx = run_nginx(<<"CONF");
    mcp_zone mcp 1m;
    server {
        listen 127.0.0.1:%%PORT%%;
        location /url { mcp_resource $resource; mcp_authorization_server $issuer; mcp_jwks $issuer/jwks; %%OK%% }
    }
CONF
sub token_of ($key, %c) { return mint($key, claims(iss => $issuer, aud => $resource, %c)) }
ok wait_for(10, sub { $nginx->get('/url', token => token_of('p256'))->status == 200 }), 'keys are there';
sleep 5.5;    # tokens make nginx ask once in five seconds
# The issuer rotates its keys, and takes longer to answer than a request waits, but not longer than a fetch may take.
$as->answer('/jwks', body => jwks('p256', 'rsa'), delay => 7);
my $response = $nginx->get('/url', token => token_of('rsa'));
is $response->status, 503, 'a good token is not called bad while its key is being fetched';
like $response->header('Retry-After'), qr/\A\d+\z/, 'its client is told to come again';
ok wait_for(10, sub { $nginx->get('/url', token => token_of('rsa'))->status == 200 }), 'and then the same token is good';
finish();
