# An internal redirect does not ask again, and carries no verdict into a location with rules of its own.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;

my $as = run_origin();
my $as_port = $as->port;
$as->answer('/one', body => '{"active":true,"sub":"alice"}');
$as->answer('/two', body => '{"active":false}');
$as->answer('/token', body => '{"access_token":"new","token_type":"Bearer"}');
my $nginx = run_nginx(<<"CONF");
    auth_oauth2_token_client_id gateway;
    auth_oauth2_token_client_secret secret;
    server {
        listen 127.0.0.1:%%PORT%%;
        auth_oauth2_token_introspect on;
        auth_oauth2_token_introspect_endpoint /_as/one;
        auth_oauth2_token_token_endpoint /_as/token;
        location /index/   { alias %%TESTDIR%%/html/; index ok; }
        location /to_named { try_files /none \@named; }
        location \@named   { %%OK%% }
        location /to_rule  { try_files /none /rule; }
        location = /rule   { auth_oauth2_token_require \$http_x_pass error=403; %%OK%% }
        location /to_other { try_files /none /other; }
        location = /other  { auth_oauth2_token_introspect_endpoint /_as/two; %%OK%% }
        location /to_open  { try_files /none /open; }
        location = /open   { auth_oauth2_token_introspect off; %%OK%% }
        location /denied   { auth_oauth2_token_introspect_endpoint /_as/two; error_page 401 /login; %%OK%% }
        location = /login  { auth_oauth2_token_introspect off; %%OK%% }
        location /exchange { auth_oauth2_token_exchange on; try_files /none \@exchange; }
        location \@exchange { auth_oauth2_token_exchange on; proxy_pass http://127.0.0.1:$as_port; }
        location /_as/     { internal; proxy_pass http://127.0.0.1:$as_port/; }
    }
CONF
$as->answer('/exchange', body => 'hello');

sub questions ($path, %request) {
    my $before = () = $as->requests('/one');
    my $status = $nginx->get($path, token => 'a-token', %request)->status;
    return $status . ' ' . ((() = $as->requests('/one')) - $before);
}

is questions('/index/'),   '200 1', 'an index file: asked once';
is questions('/to_named'), '200 1', 'a named location: asked once';
is questions('/to_rule', headers => ['X-Pass: 1']), '200 1', 'a location with a rule: asked once';
is questions('/to_rule'),  '403 1', 'and the rule counts';
is questions('/to_other'), '401 1', 'the verdict of one endpoint is none of another';
is questions('/to_open'),  '200 1', 'a location that asks nobody, behind one that does';
is $nginx->get('/to_open')->status, 401, 'which refuses by itself';
is $nginx->get('/denied', token => 'a-token')->status, 401, 'an error page keeps its status';

is $nginx->get('/exchange', token => 'token-to-exchange')->status, 200, 'an exchange before and behind the redirect';
is scalar(() = $as->requests('/token')), 1, 'is one exchange';
is TestNginx::Origin::header(($as->requests('/exchange'))[-1], 'Authorization'), 'Bearer new', 'and gives one header';

finish();
