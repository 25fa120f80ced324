# The authorization server goes down and comes back, under load: cached tokens pass, others get 503, and all gets well by itself.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;

my $as      = run_origin();
my $as_port = $as->port;
$as->answer('/introspect', body => '{"active":true}');
my $nginx = run_nginx(<<"CONF");
    auth_oauth2_token_client_id gateway;
    auth_oauth2_token_client_secret secret;
    server {
        listen 127.0.0.1:%%PORT%%;
        proxy_connect_timeout 1s;
        proxy_read_timeout 1s;
        location / {
            auth_oauth2_token_introspect on;
            auth_oauth2_token_introspect_endpoint /_introspect;
            auth_oauth2_token_introspect_cache zone=main:1m max_ttl=1h;
            %%OK%%
        }
        location /secret    { auth_oauth2_token_introspect on; auth_oauth2_token_introspect_endpoint /_fails?key=s3cr3t; %%OK%% }
        location = /_fails  { internal; return 500; }
        location = /_introspect { internal; proxy_pass http://127.0.0.1:$as_port/introspect; }
    }
CONF
my $number = 0;

sub statuses (@tokens) { return join ' ', map { $_->status } $nginx->get_at_once(map { ['/ok', token => $_] } @tokens) }
sub cached () { return map { "cached-token-$_" } 1 .. 10 }
sub fresh () { return map { 'fresh-token-' . ++$number } 1 .. 10 }

is statuses(cached()), '200 ' x 9 . '200', 'tokens pass while the server is up';
$as->stop;
for my $round (1 .. 5) {
    is statuses(cached(), fresh()), '200 ' x 10 . '503 ' x 9 . '503', "round $round without a server: cached ones pass, others get 503";
}
$as->restart;
is statuses(cached(), fresh()), '200 ' x 19 . '200', 'the server is back: all pass';

$nginx->keep_out_of_log('s3cr3t');
$nginx->refuses('the log does not show the query of the endpoint', path => '/secret', token => 'a-token-for-it', status => 503,
    reason => qr{server_failed.*"/_fails\?\.\.\." gave status 500});

finish();
