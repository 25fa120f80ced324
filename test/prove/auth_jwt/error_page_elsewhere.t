# What one location refuses, and its error_page has another location let pass: the response says nothing of the refusal.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;

my $as = run_origin();
$as->answer('/active', body => '{"active":true,"sub":"alice"}');
$as->answer('/down', status => 500);
my $port  = $as->port;
my $nginx = run_nginx(<<"CONF", { 'jwks.json' => jwks('p256'), 'other.json' => jwks('p256_other') });
    auth_oauth2_token_client_id gateway;
    auth_oauth2_token_client_secret secret;
    server {
        listen 127.0.0.1:%%PORT%%;
        location /jwt         { auth_jwt x; auth_jwt_key_file jwks.json; %%OK%% }
        location /opaque      { auth_oauth2_token_introspect on; auth_oauth2_token_introspect_endpoint /_as/active; %%OK%% }
        location /other/jwt    { auth_jwt x; auth_jwt_key_file other.json; error_page 401 = /jwt; %%OK%% }
        location /other/opaque { auth_jwt x; auth_jwt_key_file other.json; error_page 401 = /opaque; %%OK%% }
        location /outage/jwt    { auth_jwt x; auth_jwt_key_request /_as/down; error_page 503 = /opaque; %%OK%% }
        location /outage/opaque { auth_oauth2_token_introspect on; auth_oauth2_token_introspect_endpoint /_as/down; error_page 503 = /jwt; %%OK%% }
        location /outage/page   { auth_jwt x; auth_jwt_key_request /_as/down; error_page 503 /page; %%OK%% }
        location = /page { return 200 page; }
        location /_as/ { internal; proxy_pass http://127.0.0.1:$port/; }
    }
CONF
my $token = mint('p256');
for my $path (qw(/other/jwt /other/opaque /outage/jwt /outage/opaque)) {
    my $response = $nginx->get($path, token => $token);
    is $response->status, 200, "$path: passes elsewhere";
    is_deeply [grep { defined $response->header($_) } qw(WWW-Authenticate Retry-After)], [], '... without a word of the refusal';
}
my $page = $nginx->get('/outage/page', token => $token);
is $page->status, 503, 'a page that keeps the status';
is $page->header('Retry-After'), 5, '... keeps what belongs to it';

finish();
