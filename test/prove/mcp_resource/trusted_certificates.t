# What came under certificates that are not trusted any more counts no longer: not after a reload either, although
# mcp_zone outlives it.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Mcp;

my $made = File::Temp->newdir;
sub certificate ($name) {
    my @command = (qw(openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=127.0.0.1),
        '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', "$made/$name.key", '-out', "$made/$name.crt");
    system("@command >$made/log 2>&1") == 0 or die TestNginx::Report::slurp("$made/log");
    return map { ("$name.$_" => TestNginx::Report::slurp("$made/$name.$_")) } qw(key crt);
}
my %files = (certificate('server'), certificate('other'), secret => "a-client-secret\n");

my $as   = run_origin();
my $port = $as->port;
$as->answer('/jwks', body => jwks('p256'));
$as->answer('/jwks/within', body => jwks('p256'));
$as->answer('/introspect', body => to_json({ active => JSON::true, aud => $resource }));
my $nginx = run_nginx(<<"CONF", { %files, 'trusted.crt' => $files{'server.crt'} });
    mcp_zone mcp 1m;
    mcp_ssl_trusted_certificate trusted.crt;
    mcp_authorization_server https://127.0.0.1:%%PORT_AS%%;
    server {
        listen 127.0.0.1:%%PORT%%;
        location /keys   { mcp_resource https://mcp.example.com/keys;   mcp_audience $resource; mcp_jwks https://127.0.0.1:%%PORT_AS%%/jwks; %%OK%% }
        location /plain  { mcp_resource https://mcp.example.com/plain;  mcp_audience $resource; mcp_jwks https://127.0.0.1:%%PORT_AS%%/plain; %%OK%% }
        location /within { mcp_resource https://mcp.example.com/within; mcp_audience $resource; mcp_jwks https://127.0.0.1:%%PORT_AS%%/within; %%OK%% }
        location /opaque { mcp_resource https://mcp.example.com/opaque; mcp_audience $resource; mcp_introspection https://127.0.0.1:%%PORT_AS%%/introspect client_id=gateway client_secret_file=secret max_ttl=1h; %%OK%% }
    }
    server {
        listen 127.0.0.1:%%PORT_AS%% ssl;
        ssl_certificate server.crt;
        ssl_certificate_key server.key;
        location / { proxy_pass http://127.0.0.1:$port; }
        location = /plain { return 302 http://127.0.0.1:$port/jwks; }
        location = /within { return 302 /jwks/within; }
    }
CONF
my $jwt = mint('p256', claims(iss => 'https://127.0.0.1:' . $nginx->port('PORT_AS'), aud => $resource));
sub status () { return join ' ', map { $nginx->get(@$_)->status } ['/keys', token => $jwt], ['/opaque', token => 'an-opaque-token'] }

is status(), '200 200', 'keys and answers from a server that is trusted';
$nginx->reload;
is status(), '200 200', 'outlive a reload';
is scalar(() = $as->requests('/introspect')), 1, 'without another question about the token';
is $nginx->get('/within', token => $jwt)->status, 200, 'a redirect within https is followed';
is $nginx->get('/plain', token => $jwt)->status, 503, 'one from https to http is not';
like $nginx->log, qr{cannot fetch the keys of "https://127\.0\.0\.1:\d+/plain": the redirect is not followed \(it leads to another origin\)}, 'and the log says so';
$nginx->write_file('trusted.crt', $files{'other.crt'});
$nginx->reload;
is status(), '503 503', 'but not one after which that server is not trusted';
$nginx->write_file('trusted.crt', $files{'server.crt'});
$nginx->reload;
is status(), '200 200', 'trusted again, it is believed';

finish();
