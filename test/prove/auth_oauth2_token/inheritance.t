# Levels: what a location does not say, it has from the server, and that from http; rules add up; the endpoint is not asked about itself.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;

my $as = run_origin();
my $as_port = $as->port;
$as->answer('/introspect', body => '{"active":true,"sub":"alice"}');
my $nginx = run_nginx(<<"CONF");
    auth_oauth2_token_client_id gateway;
    auth_oauth2_token_client_secret secret;
    auth_oauth2_token_introspect on;
    auth_oauth2_token_introspect_endpoint /_introspect;
    auth_oauth2_token_introspect_cache zone=main:1m max_ttl=1h;
    auth_oauth2_token_require \$http_x_main error=418;
    auth_oauth2_token_www_authenticate "Main";
    server {
        listen 127.0.0.1:%%PORT%%;
        auth_oauth2_token_require \$http_x_server error=451;
        location /inherits { %%OK%% }
        location /adds     { auth_oauth2_token_require \$http_x_location error=403; %%OK%% location /adds/more { auth_oauth2_token_www_authenticate "Inner"; %%OK%% } }
        location /off      { auth_oauth2_token_introspect off; %%OK%% }
        location /nested   { auth_oauth2_token_introspect off; location /nested/on { auth_oauth2_token_introspect on; %%OK%% } %%OK%% }
        location = /_introspect { internal; proxy_pass http://127.0.0.1:$as_port/introspect; }
    }
CONF

sub status ($path, @names) { return $nginx->get($path, token => 'a-token', headers => [map { "X-$_: 1" } @names])->status }

is status('/inherits', qw(Main Server)), 200, 'all inherited rules are met';
is status('/inherits', 'Server'), 418, 'the rule of http counts';
is status('/inherits', 'Main'), 451, 'the rule of the server counts';
is status('/adds', qw(Main Server Location)), 200, 'three levels';
is status('/adds', qw(Main Server)), 403, 'the rule of the location is added';
is status('/adds/more', qw(Main Server)), 403, 'and counts in a location inside of it';
is $nginx->get('/inherits')->header('WWW-Authenticate'), 'Main', 'the challenge is inherited';
is $nginx->get('/adds/more')->header('WWW-Authenticate'), 'Inner', 'and can be set anew';
is status('/off'), 200, 'off';
is status('/nested'), 200, 'off, with a location inside';
is status('/nested/on', qw(Main Server)), 200, 'that is on again';
is status('/nested/on'), 418, 'with all rules';
is scalar(() = $as->requests), 1, 'the cache is inherited: one introspection for all of this';
is status('/_introspect', qw(Main Server)), 404, 'for a client, the endpoint is not there';

finish();
