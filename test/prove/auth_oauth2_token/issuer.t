# issuer= of the caches: the operator names who answers, and its answers are shared between servers and outlive reloads.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;

my $as   = run_origin();
my $port = $as->port;
$as->answer('/introspect', body => '{"active":true}');
$as->answer('/inactive',   body => '{"active":false}');
$as->answer('/token',      body => '{"access_token":"new","token_type":"Bearer"}');
my $issuer = "issuer=http://127.0.0.1:$port";
my $conf = <<"CONF";
    auth_oauth2_token_client_id gateway;
    auth_oauth2_token_client_secret secret;
    auth_oauth2_token_introspect on;
    auth_oauth2_token_introspect_endpoint /_as/introspect;
    auth_oauth2_token_token_endpoint /_as/token;
    auth_oauth2_token_introspect_cache zone=main:1m max_ttl=1h $issuer;
    auth_oauth2_token_exchange_cache   zone=main:1m max_ttl=1h $issuer;
    auth_oauth2_token_audience \$arg_audience;
    server {
        listen 127.0.0.1:%%PORT%%;
        location /         { %%OK%% }
        location /short    { auth_oauth2_token_introspect_cache zone=main:1m max_ttl=1s $issuer; %%OK%% }
        location /strict   { auth_oauth2_token_require \$http_x_pass error=403; %%OK%% }
        location /exchange { auth_oauth2_token_introspect off; auth_oauth2_token_exchange on; %%OK%% }
        location /tenant   { auth_oauth2_token_introspect_endpoint /_as/\$http_x_tenant; auth_oauth2_token_introspect_cache zone=main:1m issuer=\$http_x_issuer; %%OK%% }
        location /_as/     { internal; proxy_pass http://127.0.0.1:$port/; }
    }
    server {
        listen 127.0.0.1:%%PORT_TWO%%;
        location /         { auth_oauth2_token_introspect_endpoint /_other/introspect; %%OK%% }
        location /exchange { auth_oauth2_token_introspect off; auth_oauth2_token_exchange on; auth_oauth2_token_token_endpoint /_other/token; %%OK%% }
        location /else     { auth_oauth2_token_introspect_endpoint /_other/inactive; auth_oauth2_token_introspect_cache zone=main:1m max_ttl=1h issuer=https://else.example.com; %%OK%% }
        location /none     { auth_oauth2_token_introspect_endpoint /_other/inactive; auth_oauth2_token_introspect_cache zone=main:1m max_ttl=1h; %%OK%% }
        location /_other/  { internal; proxy_pass http://127.0.0.1:$port/; }
    }
CONF
my $nginx = run_nginx($conf);
sub asked () { return scalar(() = $as->requests) }
sub status ($path, $token, %more) { return $nginx->get($path, token => $token, %more)->status }

# How often anybody is asked.
sub questions ($path, $token, %more) {
    my $before = asked();
    my $status = status($path, $token, %more);
    return "$status " . (asked() - $before);
}
my %two = (port => 'PORT_TWO');

is questions('/', 'first-token'), '200 1', 'a token is asked about';
is questions('/', 'first-token', %two), '200 0', 'what the issuer said counts in another server, by another endpoint';
is questions('/else', 'first-token', %two), '401 1', 'but not where another issuer answers';
is questions('/none', 'first-token', %two), '401 1', 'nor where none is named';
is questions('/short', 'first-token'), '200 1', 'nor where answers may not be kept so long';
is questions('/strict', 'first-token'), '403 0', 'the rules of each location count';
is questions('/exchange?audience=a', 'first-token'), '200 1', 'a token is exchanged';
is questions('/exchange?audience=a', 'first-token', %two), '200 0', 'once for both servers';
is questions('/exchange?audience=b', 'first-token', %two), '200 1', 'but for each audience';

$nginx->reload;
is questions('/', 'first-token'), '200 0', 'answers outlive a reload';
is questions('/exchange?audience=a', 'first-token'), '200 0', 'and so do exchanged tokens';
is questions('/none', 'first-token', %two), '401 1', 'without an issuer a reload begins anew';

# A name that depends on the request.
sub tenant ($tenant, $issuer) { return (headers => ["X-Tenant: $tenant", "X-Issuer: $issuer"]) }
is questions('/tenant', 'second-token', tenant('introspect', 'https://a')), '200 1', 'variables name the issuer';
is questions('/tenant', 'second-token', tenant('introspect', 'https://a')), '200 0', 'its answer is kept';
is questions('/tenant', 'second-token', tenant('inactive',   'https://b')), '401 1', 'for this name';
is questions('/tenant', 'third-token', tenant('introspect', '')), '200 1', 'where they are empty it counts as not named';
is questions('/tenant', 'third-token', tenant('inactive',   '')), '401 1', 'so that the endpoint decides';

# Another client.
my $file = TestNginx::Report::slurp($nginx->dir . '/nginx.conf');
$nginx->write_file('nginx.conf', $file =~ s/client_id gateway/client_id another/r);
$nginx->reload;
is questions('/', 'first-token'), '200 1', 'what one client was told does not count for another';

finish();
