# TLS 1.3 early data (RFC 8470): a recorded request can be sent again, and again. One that is not safe is not acted upon
# before the handshake is complete, in a location that asks for a token: 425, before the token is looked at.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use TestNginx;
use TestNginx::Mcp;

use IO::Select;
use IO::Socket::INET;

my $openssl = `openssl s_client -help 2>&1`;
plan skip_all => 'openssl has no client for early data' if $openssl !~ /-early_data/;

my $certificates = File::Temp->newdir;
system("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=localhost -keyout $certificates/key -out $certificates/certificate 2>/dev/null") == 0 or die "no certificate\n";

my $backend = run_origin();
my $as      = run_origin();
$backend->answer('/', body => 'done');
$as->answer('/introspect', body => '{"active":true}');
my $pass    = 'proxy_pass http://127.0.0.1:' . $backend->port . ';';
my $client  = 'auth_oauth2_token_introspect on; auth_oauth2_token_introspect_endpoint /_introspect;';
my $nginx   = run_nginx(<<"CONF", { 'jwks.json' => jwks('p256'), map { $_ => TestNginx::Report::slurp("$certificates/$_") } qw(key certificate) });
    mcp_scopes_supported mcp:read;
    auth_oauth2_token_client_id gateway;
    auth_oauth2_token_client_secret secret;
    auth_jwt_key_file jwks.json;
    log_format early "\$status\$ssl_early_data";
    server {
        listen 127.0.0.1:%%PORT%%;
        listen 127.0.0.1:%%PORT_TLS%% ssl;
        access_log %%TESTDIR%%/access.log early;
        ssl_certificate certificate;
        ssl_certificate_key key;
        ssl_protocols TLSv1.3;
        ssl_early_data on;
        lingering_close off;    # nobody will end the connection
        location /open          { $pass }
        location /mcp           { $protected $pass }
        location /jwt           { auth_jwt "mcp"; $pass }
        location /jwt/preaccess { auth_jwt "mcp"; auth_jwt_phase preaccess; $pass }
        location /jwt/any       { auth_jwt "mcp"; satisfy any; allow all; $pass }
        location /jwt/page      { auth_jwt "mcp"; error_page 425 = /early; $pass }
        location = /early       { return 425 "come back"; }
        location /token         { $client $pass }
        location /asks          { auth_request /jwt; $pass }
        location = /_introspect { internal; proxy_pass http://127.0.0.1:@{[ $as->port ]}/introspect; }
    }
CONF
my $token = access_token();
my $call  = message('tools/call', name => 'pay');

# What a client sends first, when it resumes its session with a request as early data: recorded by somebody in between, who
# cannot make the rest of the handshake.
sub record ($session, $bytes) {
    $nginx->write_file('request', $bytes);
    my $listener = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 1) // die "no free port\n";
    open my $out, '-|', "openssl s_client -connect 127.0.0.1:" . $listener->sockport . " -sess_in $session -early_data " . $nginx->dir . '/request </dev/null 2>&1' or die "openssl: $!\n";
    my $connection = $listener->accept;
    my ($flight, $select) = ('', IO::Select->new($connection));
    while ($select->can_read(length $flight ? 0.2 : 5)) { sysread($connection, $flight, 65536, length $flight) or last }
    close $connection;
    close $out;
    return $flight;
}

# The status that nginx answers to such a record, as its log says: nobody else can read it.
sub replay ($flight) {
    my $log = sub { TestNginx::Report::slurp($nginx->dir . '/access.log') };
    my $mark = length $log->();
    my $connection = TestNginx::Http::open_connection($nginx->port('PORT_TLS'));
    TestNginx::Http::send_bytes($connection, $flight);
    wait_for(5, sub { length $log->() > $mark });
    return substr($log->(), $mark) =~ s/\n\z//r;
}

sub new_session () {
    state $number = 0;
    my $file = $nginx->dir . '/session' . ++$number;
    $nginx->write_file('request', "GET /open HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    my $port = $nginx->port('PORT_TLS');
    my $dir  = $nginx->dir;
    `openssl s_client -connect 127.0.0.1:$port -sess_out $file -ign_eof <$dir/request 2>&1`;
    -s $file or die "no session\n";
    return $file;
}

sub bytes ($method, $path, @headers) { return $nginx->request_bytes($path, method => $method, token => $token, headers => \@headers, $method =~ /\A(?:POST|PUT)/ ? (body => $call) : ()) }
sub asked () { return scalar(() = $backend->requests) + scalar(() = $as->requests) }

my $session = new_session();
for my $path (qw(/mcp /jwt /jwt/preaccess /jwt/any /jwt/page /token)) {
    my $post   = record($session, bytes('POST', $path));
    my $before = asked();
    is replay($post), '4251', "$path: a tools/call that somebody recorded, the $_ time" for qw(first second third);
    is asked(), $before, "$path: it ran not once, and nobody was asked about its token";
    is replay(record($session, bytes('DELETE', $path))), '4251', "$path: DELETE is not safe";
    is replay(record($session, bytes('GET', $path))), '2001', "$path: GET is";
    is $nginx->get($path, method => 'POST', body => $call, token => $token)->status, 200, "$path: without early data it runs";
    # RFC 8470 section 5.1: another value, or several, count as 1.
    is $nginx->get($path, method => 'POST', body => $call, token => $token, headers => ["Early-Data: $_"])->status, 425, "$path: a proxy in front says that it was early ($_)" for 1, 0, '1, 1';
}
my $before = asked();
is replay(record($session, bytes('POST', '/asks'))), '5001', 'auth_request into such a location: nobody passes';
is asked(), $before, 'and nothing runs';
is replay(record($session, bytes('POST', '/open'))), '2001', 'a location that asks for no token is left alone';

finish();
