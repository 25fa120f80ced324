# A worker does not grow with the number of requests.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;

plan skip_all => 'the size of a worker says nothing under valgrind or a sanitizer'
    if $ENV{TEST_NGINX_VALGRIND} || $ENV{TEST_NGINX_PRELOAD};

my $nginx = run_nginx(<<"CONF");
    auth_oauth2_token_client_id gateway;
    auth_oauth2_token_client_secret secret;
    server {
        listen 127.0.0.1:%%PORT%%;
        add_header X-Sub "\$oauth2_token_sub \$oauth2_token_new_token" always;
        auth_oauth2_token_introspect_endpoint /_as/active;
        auth_oauth2_token_token_endpoint /_as/token;
        location /uncached { auth_oauth2_token_introspect on; %%OK%% }
        location /cached   { auth_oauth2_token_introspect on; auth_oauth2_token_introspect_cache zone=main:64k; %%OK%% }
        location /exchange { auth_oauth2_token_exchange on; %%OK%% }
        location /inactive { auth_oauth2_token_introspect on; auth_oauth2_token_introspect_endpoint /_as/inactive; %%OK%% }
        location /down     { auth_oauth2_token_introspect on; auth_oauth2_token_introspect_endpoint /_down; %%OK%% }
        location /_as/     { internal; proxy_pass http://127.0.0.1:%%PORT_AS%%; }
        location = /_down  { internal; return 500; }
    }
    server {
        listen 127.0.0.1:%%PORT_AS%%;
        location = /_as/active   { return 200 '{"active":true,"sub":"alice"}'; }
        location = /_as/inactive { return 200 '{"active":false}'; }
        location = /_as/token    { return 200 '{"access_token":"new","token_type":"Bearer"}'; }
    }
CONF


for my $path (qw(/uncached /cached /exchange /inactive /down)) {
    my $round = sub ($number) {
        my @tokens = map { "token-$number-$_" } 1 .. 100;
        my $bytes  = join '', map { $nginx->request_bytes($path, connection => 'keep-alive', token => $_) } @tokens;
        my @responses = $nginx->send('', raw => $bytes . $nginx->request_bytes($path));
        die 'only ' . @responses . ' responses' if @responses != 101;
        delete $nginx->{secrets};
        return;
    };
    $round->($_) for 1 .. 5;
    my $before = $nginx->kilobytes;
    $round->($_) for 6 .. 35;
    cmp_ok $nginx->kilobytes - $before, '<', 1500, "$path: 3000 requests more, half a kilobyte each would show";
}

finish();
