# mcp_proxy: all that is fetched goes through it, as far as it is not said otherwise; servers are verified as ever, and
# nobody but them sees what is meant for them.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Mcp;
use TestNginx::Proxy;

my $made = File::Temp->newdir;
sub certificate ($name, $host) {
    my @command = (qw(openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2), '-subj', "/CN=$host",
        '-addext', "subjectAltName=DNS:$host", '-keyout', "$made/$name.key", '-out', "$made/$name.crt");
    system("@command >$made/log 2>&1") == 0 or die TestNginx::Report::slurp("$made/log");
    return map { ("$name.$_" => TestNginx::Report::slurp("$made/$name.$_")) } qw(key crt);
}
my %files = (certificate('as', 'as.test'), certificate('other', 'other.test'), secret => "client-secret\n", password => "proxy:password\n");
$files{'trusted.crt'} = $files{'as.crt'} . $files{'other.crt'};

my $as    = run_origin();
my $port  = $as->port;
my $proxy = TestNginx::Proxy->start_with(credentials => 'gateway:proxy:password');
my $proxy_port = $proxy->port;
my $https = 'https://as.test:%%PORT_AS%%';
my %private = (private => '10.0.0.1', local => 'localhost.', internal => 'metadata.internal', intranet => 'intranet.');
my $private_locations = join '', map { "location /$_ { mcp_resource https://mcp.example.com/$_; mcp_audience $resource; mcp_authorization_server $https/$_; mcp_discovery on; %%OK%% }\n" }
    sort keys %private;
my $config = sub ($proxy_directive, $main = '') { return <<"CONF" };
    mcp_zone mcp 1m;
    $proxy_directive
    mcp_ssl_trusted_certificate trusted.crt;
    server {
        listen 127.0.0.1:%%PORT%%;
        location /keys     { mcp_resource https://mcp.example.com/keys;     mcp_audience $resource; mcp_authorization_server $https; mcp_jwks $https/jwks; %%OK%% }
        location /wrong    { mcp_resource https://mcp.example.com/wrong;    mcp_audience $resource; mcp_authorization_server $https; mcp_jwks https://wrong.test:%%PORT_AS%%/jwks; %%OK%% }
        location /found    { mcp_resource https://mcp.example.com/found;    mcp_audience $resource; mcp_authorization_server $https; mcp_discovery on; %%OK%% }
        $private_locations
        location /plain    { mcp_resource https://mcp.example.com/plain;    mcp_audience $resource; mcp_authorization_server $https; mcp_jwks http://plain.test:$port/jwks; %%OK%% }
        location /direct   { mcp_resource https://mcp.example.com/direct;   mcp_audience $resource; mcp_authorization_server $https; mcp_jwks http://127.0.0.1:$port/direct; %%OK%% }
        location /opaque   { mcp_resource https://mcp.example.com/opaque;   mcp_audience $resource; mcp_authorization_server $https; mcp_introspection $https/introspect client_id=gateway client_secret_file=secret; %%OK%% }
    }
    server {
        listen 127.0.0.1:%%PORT_AS%% ssl;
        ssl_certificate as.crt;
        ssl_certificate_key as.key;
        location / { proxy_pass http://127.0.0.1:$port; }
    }
CONF
my $with = "mcp_proxy http://127.0.0.1:$proxy_port user=gateway password_file=password;";
my $nginx = run_nginx($config->($with), \%files, main => "env ALL_PROXY=http://127.0.0.1:1;\nenv HTTPS_PROXY=http://127.0.0.1:1;\nenv http_proxy=http://127.0.0.1:1;\nenv NO_PROXY=*;\nenv no_proxy=*;\n");
my $tls_port = $nginx->port('PORT_AS');
my $issuer   = "https://as.test:$tls_port";
$as->answer("/.well-known/oauth-authorization-server", body => to_json({ issuer => $issuer, jwks_uri => "https://as.test:$tls_port/jwks" }));
$as->answer("/.well-known/oauth-authorization-server/$_", body => to_json({ issuer => "$issuer/$_", jwks_uri => "https://$private{$_}/jwks" })) for keys %private;
$as->answer($_, body => jwks('p256')) for qw(/jwks /direct);
$as->answer('/introspect', body => to_json({ active => JSON::true, aud => $resource, scope => 'x' }));
$nginx->keep_out_of_log('proxy:password', 'client-secret', 'Z2F0ZXdheTpwcm94eTpwYXNzd29yZA');
my $jwt = mint('p256', claims(iss => $issuer, aud => $resource));
sub status ($path, $token = $jwt) { return $nginx->get($path, token => $token)->status }
sub passes ($path, $token = $jwt) { return wait_for(20, sub { status($path, $token) == 200 }) }

ok passes('/keys'),  'keys are fetched from a server whose name only the proxy knows';
ok passes('/found'), 'and found by its metadata';
is status('/opaque', 'an-opaque-token'), 200, 'and a token is asked about';
ok passes('/plain'), 'by http as well';
my @asked = $proxy->requests;
is join(' ', sort { $a cmp $b } keys %{ { map { ($_->{method} => 1) } @asked } }), 'CONNECT GET', 'https through a tunnel, http without one';
is scalar(grep { (TestNginx::Origin::header($_, 'Authorization') // '') ne '' } @asked), 0, 'the proxy does not see our credentials';
my ($question) = $as->requests('/introspect');
like TestNginx::Origin::header($question, 'Authorization'), qr/\ABasic /, 'which the authorization server gets';
is scalar(grep { defined TestNginx::Origin::header($_, 'Proxy-Authorization') } $as->requests), 0, 'that in its turn does not see those for the proxy';
is status('/wrong'), 503, 'a server whose certificate is for another name is not believed';
like $nginx->log, qr{cannot fetch the keys of "https://wrong\.test:\d+/jwks": TLS failed}, '... and the log says so';
ok passes('/direct'), 'what is on this machine is reached directly';
is scalar(grep { $_->{uri} =~ /127\.0\.0\.1/ } $proxy->requests), 0, '... not through the proxy, where it would be another machine';
for my $path (sort keys %private) {
    is status("/$path", mint('p256', claims(iss => "$issuer/$path", aud => $resource))), 503, "SPEC 53: $private{$path} in metadata is not asked for";
    my $why = qr{cannot fetch the keys of "\Q$issuer\E/$path": (?:the address is not public|the name could not be resolved .*localhost\.)};
    ok wait_for(10, sub { $nginx->log =~ $why }), '... and the log says why';
    is scalar(grep { $_->{uri} =~ /\Q$private{$path}\E/ } $proxy->requests), 0, '... of the proxy, which could lead there';
}

# What goes wrong on the way.
sub failure_with ($directive, %more) {
    my $other = run_nginx($config->($directive), { %files, %more });
    my $response = $other->get('/keys', token => mint('p256', claims(iss => 'https://as.test:' . $other->port('PORT_AS'), aud => $resource)));
    is $response->status, 503, 'no keys: 503';
    wait_for(10, sub { $other->log =~ m{cannot fetch the keys of "https://as\.test:\d+/jwks"} });
    $other->keep_out_of_log('proxy:password', 'wrong-password');
    return $other->log =~ m{cannot fetch the keys of "https://as\.test:\d+/jwks": ([^;]*)} ? $1 : 'nothing';
}
like failure_with(''), qr/\Athe name could not be resolved/, 'without a proxy nobody knows that name';
like failure_with($with, password => "wrong-password\n"), qr/\Athe proxy refuses to connect \(.*407/, 'with a wrong password';
like failure_with("mcp_proxy http://127.0.0.1:$proxy_port;"), qr/\Athe proxy refuses to connect \(.*407/, 'without one';
my $refusing = TestNginx::Proxy->start_with(refuse => 403);
like failure_with('mcp_proxy http://127.0.0.1:' . $refusing->port . ';'), qr/\Athe proxy refuses to connect \(.*403/, 'a proxy that does not let us';
like failure_with('mcp_proxy http://127.0.0.1:1;'), qr/\Acould not connect/, 'a proxy that is not there';
like failure_with('mcp_proxy http://nobody.test:3128;'), qr/\Athe name could not be resolved \(.*proxy/, 'a proxy whose name nobody knows';
like failure_with("mcp_proxy http://127.0.0.1:$proxy_port user=gateway password_file=password no_proxy=other.example.com,.test;"), qr/\Athe name could not be resolved/, 'no_proxy: what is named there is reached directly';

finish();
