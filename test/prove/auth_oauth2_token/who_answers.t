# An answer counts for the authorization server that gave it: never at another one, whatever server{}, Host or
# configuration leads there.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;

my $as   = run_origin();
my $port = $as->port;
my $on   = 'auth_oauth2_token_introspect on; auth_oauth2_token_introspect_cache zone=main:1m max_ttl=1h negative_ttl=1h;'
    . ' auth_oauth2_token_exchange_cache zone=main:1m max_ttl=1h;';
my $exchange = 'auth_oauth2_token_exchange on; auth_oauth2_token_introspect off;';

# Two servers without a name, on one line.
sub server ($listen, $folder) {
    return "server { listen 127.0.0.1:%%$listen%%; location / { %%OK%% } location /exchange { $exchange %%OK%% }"
        . " location /uncached { auth_oauth2_token_introspect_cache zone=main:1m max_ttl=0; %%OK%% }"
        . " location /_as/ { internal; proxy_pass http://127.0.0.1:$port/$folder/; }"
        . " location /_two/ { internal; proxy_pass http://127.0.0.1:$port/two/; } }";
}
my $nginx = run_nginx(<<"CONF");
    auth_oauth2_token_client_id gateway;
    auth_oauth2_token_client_secret secret;
    auth_oauth2_token_introspect_endpoint /_as/introspect;
    auth_oauth2_token_token_endpoint /_as/token;
    add_header X-New \$oauth2_token_new_token always;
    $on
    @{[ server('PORT', 'one') ]} @{[ server('PORT_TWO', 'two') ]}
    map \$host    \$by_host    { default one; b.example.com two; }
    map \$http_host \$by_header { default one; b.example.com two; }
    server {
        listen 127.0.0.1:%%PORT_HOSTS%%;
        location /host   { auth_oauth2_token_introspect_endpoint /_host/introspect; %%OK%% }
        location /header { auth_oauth2_token_introspect_endpoint /_header/introspect; %%OK%% }
        location /exchange { $exchange auth_oauth2_token_token_endpoint /_host/token; %%OK%% }
        location /_host/   { internal; rewrite ^/_host/(.*) /\$by_host/\$1 break; proxy_pass http://127.0.0.1:$port; }
        location /_header/ { internal; rewrite ^/_header/(.*) /\$by_header/\$1 break; proxy_pass http://127.0.0.1:$port; }
    }
CONF

# Active at the first server only, which issues tokens of its own.
sub answers (%more) {
    $as->answer('/one/introspect', body => '{"active":true}', %more);
    $as->answer('/two/introspect', body => '{"active":false}', %more);
    $as->answer("/$_/token", body => qq({"access_token":"new-of-$_","token_type":"Bearer"})) for qw(one two);
    return;
}
answers();
my $number = 0;
sub token () { return 'answered-token-' . ++$number }
sub asked () { return scalar(() = $as->requests) }
sub status ($path, $token, %more) { return $nginx->get($path, token => $token, %more)->status }
sub new_token ($token, %more) { return $nginx->get('/exchange', token => $token, %more)->header('X-New') }

# --- two servers

my $token = token();
is status('/', $token), 200, 'a token is active at one authorization server';
is status('/', $token, port => 'PORT_TWO'), 401, 'it is not active at that of another server on the same line';
is status('/', $token), 200, 'and the other way round';
is asked(), 2, 'each was asked once';
is new_token($token), 'new-of-one', 'a token that is exchanged at one of them';
is new_token($token, port => 'PORT_TWO'), 'new-of-two', 'is another one at the other';

answers(delay => 0.5);
$token = token();
my @both = $nginx->get_at_once(map { ['/uncached', token => $token, port => $_] } qw(PORT PORT_TWO PORT PORT_TWO));
is join(' ', map { $_->status } @both), '200 401 200 401', 'a question under way at one is none at the other';
answers();

# --- one server that goes by the Host

sub get_as ($host, $path, $token, $target = $path) {
    $nginx->keep_out_of_log($token);
    return $nginx->get($path, port => 'PORT_HOSTS', raw => "GET $target HTTP/1.1\r\nHost: $host\r\nConnection: close\r\nAuthorization: Bearer $token\r\n\r\n");
}
for my $path (qw(/host /header)) {
    $token = token();
    is get_as('a.example.com', $path, $token)->status, 200, "$path: a token is active at the server of one host";
    is get_as('b.example.com', $path, $token)->status, 401, "$path: it is not active at that of another host";
    is get_as('a.example.com', $path, $token)->status, 200, "$path: and the other way round";
}
$token = token();
is get_as('a.example.com', '/exchange', $token)->header('X-New'), 'new-of-one', 'a token exchanged for one host';
is get_as('b.example.com', '/exchange', $token)->header('X-New'), 'new-of-two', 'is another one for another host';
$token = token();
is get_as('a.example.com', '/host', $token, 'http://b.example.com/host')->status, 401, 'a host in the request line is the one that counts for $host';
is get_as('a.example.com', '/host', $token)->status, 200, 'and is not the one of the header';

# --- another configuration

sub reload_with ($change) {
    my $conf = TestNginx::Report::slurp($nginx->dir . '/nginx.conf');
    local $_ = $conf;
    $change->();
    $nginx->write_file('nginx.conf', $_);
    return $nginx->reload;
}
$token = token();
is status('/', $token), 200, 'before a reload';
is new_token($token), 'new-of-one', 'before a reload, exchanged';
reload_with(sub { s{/one/}{/two/}g });
is status('/', $token), 401, 'after a reload with another proxy_pass behind the same endpoint nothing of the old server counts';
is new_token($token), 'new-of-two', 'and no token that it gave';
reload_with(sub { s{/two/}{/one/} });
is status('/', $token), 200, 'a no of the old server does not count either';
reload_with(sub { s{endpoint /_as/introspect}{endpoint /_two/introspect} });
is status('/', $token), 401, 'nor does a yes after a reload with another endpoint';

finish();
