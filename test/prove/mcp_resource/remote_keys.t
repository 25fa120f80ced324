# Keys from a URL, or found by the issuer's metadata: there when they are needed, renewed when a token names a new one,
# kept while the authorization server is away; and never "this token is bad" when nobody could know (SPEC 87).
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Mcp;

my $as = run_origin();
my ($port, $issuer) = ($as->port, 'http://127.0.0.1:' . $as->port . '/realm');
my $config = sub ($more = {}) { to_json({ issuer => $issuer, jwks_uri => "$issuer/jwks", authorization_endpoint => "$issuer/a", token_endpoint => "$issuer/t", response_types_supported => ['code'], %$more }) };
$as->answer('/.well-known/oauth-authorization-server/realm', body => $config->());
$as->answer('/realm/jwks', body => jwks('p256'));
$as->answer('/direct',     body => jwks('p256'));
$as->answer('/slow',       body => jwks('p256'), delay => 1);
$as->answer('/down',       status => 503, body => '');
$as->answer('/nonsense',   body => '<html>');
$as->answer('/.well-known/oauth-authorization-server/liar', body => $config->());    # names another issuer
my $liar  = "http://127.0.0.1:$port/liar";
# Redirects within one origin: of the metadata and of the keys, two in a row, with a path and with a whole URL.
my $moved = "http://127.0.0.1:$port/moved";
my %leads = (
    '/.well-known/oauth-authorization-server/moved' => "http://127.0.0.1:$port/step?to=metadata",
    '/step'                                         => '../metadata/of/moved',
    '/moved/jwks'                                   => '/moved/keys/v2',
    '/moved/keys/v2'                                => 'v3',
);
$as->answer($_, status => 302, headers => [[Location => $leads{$_}]]) for keys %leads;
$as->answer('/metadata/of/moved', body => $config->({ issuer => $moved, jwks_uri => "$moved/jwks" }));
$as->answer('/moved/keys/v3', body => jwks('p256'));
my $nginx = run_nginx(<<"CONF");
    mcp_zone mcp 1m;
    mcp_scopes_supported x;
    mcp_scope_implies x y;
    server {
        listen 127.0.0.1:%%PORT%%;
        listen 127.0.0.1:%%PORT_H2%% http2;
        location /found    { mcp_resource https://mcp.example.com/found; mcp_audience $resource; mcp_authorization_server $issuer; mcp_discovery on; %%OK%% }
        location /url      { mcp_resource https://mcp.example.com/url; mcp_audience $resource; mcp_authorization_server $issuer; mcp_jwks http://127.0.0.1:$port/direct; mcp_scope x method=ping; proxy_pass http://127.0.0.1:%%PORT_BACK%%; }
        location /slow     { mcp_resource https://mcp.example.com/slow; mcp_audience $resource; mcp_authorization_server $issuer; mcp_jwks http://127.0.0.1:$port/slow; %%OK%% }
        location /down     { mcp_resource https://mcp.example.com/down; mcp_audience $resource; mcp_authorization_server $issuer; mcp_jwks http://127.0.0.1:$port/down; mcp_allow_anonymous ping; proxy_pass http://127.0.0.1:%%PORT_BACK%%; }
        location /nonsense { mcp_resource https://mcp.example.com/nonsense; mcp_audience $resource; mcp_authorization_server $issuer; mcp_jwks http://127.0.0.1:$port/nonsense; %%OK%% }
        location /named    { mcp_resource https://mcp.example.com/named; mcp_audience $resource; mcp_authorization_server $issuer; mcp_discovery on; mcp_issuer urn:named; %%OK%% }
        location /any      { mcp_resource https://mcp.example.com/any; mcp_audience $resource; mcp_authorization_server $issuer; mcp_discovery on; mcp_insecure_skip_issuer_check on; %%OK%% }
        location /moved    { mcp_resource https://mcp.example.com/moved; mcp_audience $resource; mcp_authorization_server $moved; mcp_discovery on; %%OK%% }
        location /liar     { mcp_resource https://mcp.example.com/liar; mcp_audience $resource; mcp_authorization_server $liar; mcp_discovery on; %%OK%% }
    }
    server { listen 127.0.0.1:%%PORT_BACK%%; return 200; }
CONF
sub token_of ($key, %changes) { return mint($key, claims(iss => $issuer, aud => $resource, %changes)) }
sub status ($path, @request) { return $nginx->get($path, @request)->status }
my $token = token_of('p256');

my $begun = time;
my @waiting = map { ['/slow', token => token_of('p256', sub => "user$_")] } 1 .. 5;
is join(' ', map { $_->status } $nginx->get_at_once(@waiting)), '200 200 200 200 200', 'requests wait for the first keys';
is status($_, token => $token), 200, "$_: a good token" for qw(/found /url);
is status($_, token => token_of('p256_other', sub => 'eve') ), 401, "$_: a key that nobody knows" for qw(/found);
is status($_, token => mint('p256_other', claims(iss => $issuer, aud => $resource), header => { kid => 'p256' })), 401, "$_: a forged one" for qw(/found /url);
is status('/moved', token => token_of('p256', iss => $moved)), 200, 'two redirects within the origin are followed, of metadata and of keys';
is status('/moved', token => mint('p256_other', claims(iss => $moved, aud => $resource), header => { kid => 'p256' })), 401, 'and a forged one is none the better';
is status('/found', token => token_of('p256', iss => "$issuer/")), 401, 'another issuer';
is status('/named', token => token_of('p256', iss => 'urn:named')), 200, 'mcp_issuer beside discovery: the issuer that is named';
is status('/named', token => $token), 401, 'and no other';
is status('/any', token => token_of('p256', iss => 'urn:whoever')), 200, 'mcp_insecure_skip_issuer_check beside discovery: any issuer';
is status('/any', token => mint('p256_other', claims(iss => 'urn:whoever', aud => $resource), header => { kid => 'p256' })), 401, 'but no other key';
cmp_ok scalar(() = $as->requests('/realm/jwks')), '<=', 3 + (time - $begun) / 5, 'the keys were fetched once, and once in five seconds for those who brought a key that was not there';

for my $path (qw(/down /nonsense /liar)) {
    my $response = $nginx->get($path, token => mint('p256', claims(iss => $path eq '/liar' ? $liar : $issuer, aud => $resource)));
    is $response->status, 503, "SPEC 87: $path: no keys: 503";
    ok $response->header('Retry-After') > 0, 'with Retry-After';
    is $response->header('WWW-Authenticate'), undef, 'and no challenge';
    is from_json($response->body)->{error}, 'keys_unavailable', 'the body says why';
    is status($path), 401, 'who has no token is told where to get one';
}
is status('/down', method => 'POST', body => message('ping')), 200, 'what needs no token needs no keys';

# A storm of unknown keys.
my $before = $as->requests('/direct');
my @storm = map { ['/url', token => mint('p256', claims(iss => $issuer, aud => $resource, sub => "s$_"), header => { kid => "storm-$_" })] } 1 .. 40;
my %storm; $storm{ $_->status }++ for $nginx->get_at_once(@storm);
is_deeply [sort keys %storm], ['401'], 'unknown kids are refused';
ok $as->requests('/direct') - $before <= 2, 'and ask the authorization server hardly ever';

# Rotation, and an outage.
$as->answer('/direct', body => jwks('p256', 'rsa'));
ok wait_for(15, sub { status('/url', token => token_of('rsa')) == 200 }), 'a new key is found when a token names it';
is status('/url', token => $token), 200, 'and the old one stays good';
is status('/url', method => 'POST', body => message('ping'), token => token_of('rsa', scope => 'x')), 200, 'policy applies as ever';
is status('/url', method => 'POST', body => message('ping'), token => token_of('rsa')), 403, 'and refuses';
$as->stop;
is status('/url', token => $_), 200, 'keys outlive an outage' for $token, token_of('rsa', sub => 'new');
is status('/url', token => mint('p256_other', claims(iss => $issuer, aud => $resource), header => { kid => 'p256' })), 503, 'of a forged token nobody can say that its key was not replaced a moment ago: 503';
my $unknown = sub { $nginx->get('/url', token => token_of('ed25519')) };
ok wait_for(15, sub { $unknown->()->status == 503 }), 'SPEC 87: a key that may be a new one: 503';

# Clients that leave while they wait.
$as->restart;
$as->answer('/direct', hang => 1);
my $asked = $as->requests('/direct');
ok wait_for(15, sub { $nginx->begin('/url', token => token_of('ed25519', sub => time)); $as->requests('/direct') > $asked }), 'clients that leave while their keys are fetched';
$nginx->get_http2('/url', token => token_of('ed25519'), port => 'PORT_H2', max_time => 0.3);
is status('/url', token => $token), 200, 'those who stay are served';

finish();
