# A request that waits for the authorization server looks after its client: who has gone is not answered, and not asked
# for. Also where nothing more is to be heard of the client, since its FIN came with the request.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Mcp;

use Time::HiRes qw(sleep);

my $as     = run_origin();
my $port   = $as->port;
my $issuer = "http://127.0.0.1:$port";
my $good   = to_json({ active => JSON::true, aud => $resource, scope => 'read' });
$as->answer($_, hang => 1) for qw(/introspect /keys);
my $nginx  = run_nginx(<<"CONF", { secret => "s\n" });
    mcp_zone mcp 1m;
    mcp_authorization_server $issuer;
    log_format status '\$status \$request_uri';
    server {
        access_log %%TESTDIR%%/status.log status;
        listen 127.0.0.1:%%PORT%%;
        listen 127.0.0.1:%%PORT_H2%% http2;
        location /mcp   { mcp_resource $resource; mcp_introspection $issuer/introspect client_id=c client_secret_file=secret; proxy_pass http://127.0.0.1:%%PORT_BACK%%; }
        location /keys  { mcp_resource https://mcp.example.com/keys; mcp_audience $resource; mcp_jwks $issuer/keys; proxy_pass http://127.0.0.1:%%PORT_BACK%%; }
        location /whole { auth_request /mcp; proxy_pass http://127.0.0.1:%%PORT_BACK%%; }
    }
    server { listen 127.0.0.1:%%PORT_BACK%%; access_log off; return 200 passed; }
CONF
my $worker = $nginx->worker_pid;
my $jwt    = mint('p256', claims(iss => $issuer, aud => $resource));
my $number = 0;
sub token () { return 'opaque-' . ++$number }
sub asked () { return scalar(() = $as->requests('/introspect')) }

sub statuses_of ($uri) {
    open my $in, '<', $nginx->dir . '/status.log' or return;
    return grep { defined } map { /\A(\d+) \Q$uri\E\n/ ? $1 : undef } <$in>;
}

sub bytes ($path, $token, @more) { return $nginx->request_bytes($path, token => $token, @more) }

sub send_and_shut ($path, $token) {
    my $connection = TestNginx::Http::open_connection($nginx->port('PORT'));
    TestNginx::Http::send_bytes($connection, bytes($path, $token));
    shutdown $connection, 1;
    return $connection;
}

is TestNginx::Http::read_to_end(send_and_shut('/keys?shut', $jwt), 20), '', 'a client whose FIN comes with the request gets no answer where it waits for the first keys';
is join(' ', statuses_of('/keys?shut')), 499, '... its request ends as that of a client that has gone';
for my $path (qw(/mcp /whole)) {
    my $before     = asked();
    my $connection = send_and_shut("$path?shut", token());
    is TestNginx::Http::read_to_end($connection, 20), '', "$path: a client whose FIN comes with the request gets no answer";
    is join(' ', statuses_of("$path?shut")), 499, '... its request ends as that of a client that has gone';
    my $leaving = $nginx->begin("$path?leave", token => token());
    ok wait_for(5, sub { asked() > $before }), "$path: another one is asked about";
    undef $leaving;
    ok wait_for(5, sub { join(' ', statuses_of("$path?leave")) eq '499' }), '... and leaves later';
}
$nginx->get_http2('/mcp?h2', token => token(), port => 'PORT_H2', max_time => 0.5);
ok wait_for(5, sub { join(' ', statuses_of('/mcp?h2')) eq '499' }), 'and by HTTP/2';

# It is the waiting that ends, not the question: others want to know as well.
$as->answer('/introspect', body => $good, delay => 0.7);
my $token  = token();
my $before = asked();
my $stays  = $nginx->begin('/mcp?stays', token => $token);
ok wait_for(5, sub { asked() > $before }), 'asked for the one that stays';
TestNginx::Http::read_to_end(send_and_shut('/mcp?goes', $token), 20);
is((TestNginx::Http::parse_responses(TestNginx::Http::read_to_end($stays, 20)))[0]->status, 200, 'one client that has gone takes nothing from another');
is asked() - $before, 1, 'and nobody asks twice';

# The next request of the connection is not run before its turn, whatever comes while the first one waits.
my $connection = TestNginx::Http::open_connection($nginx->port('PORT'));
TestNginx::Http::send_bytes($connection, bytes('/mcp?first', token(), connection => 'keep-alive'));
sleep 0.2;
TestNginx::Http::send_bytes($connection, bytes('/mcp?second', token()));
my @responses = TestNginx::Http::parse_responses(TestNginx::Http::read_to_end($connection, 20));
is join(' ', map { $_->status } @responses), '200 200', 'pipelined requests are answered each in its turn, each once';
is $nginx->worker_pid, $worker, 'the worker lives';
finish();
