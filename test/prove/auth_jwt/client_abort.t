# A client that leaves while its keys are being fetched leaves nothing behind.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;

use Time::HiRes qw(sleep);

my $as = run_origin();
$as->answer('/slow',  body => jwks('p256'), delay => 0.5);
$as->answer('/hangs', hang => 1);
my $as_port = $as->port;
my $nginx = run_nginx(<<"CONF");
    auth_jwt "site";
    server {
        listen 127.0.0.1:%%PORT%%;
        listen 127.0.0.1:%%PORT_H2%% http2;
        location /slow   { auth_jwt_key_request /_as/slow; %%OK%% }
        location /hangs  { auth_jwt_key_request /_as/hangs; %%OK%% }
        location /cached { auth_jwt_key_request /_as/slow; auth_jwt_key_cache 1m; %%OK%% }
        location /early  { auth_jwt_key_request /_as/slow; auth_jwt_phase preaccess; %%OK%% }
        location /_as/   { internal; auth_jwt off; proxy_pass http://127.0.0.1:$as_port/; proxy_read_timeout 3s; }
    }
CONF
my $token  = mint('p256');
my $worker = $nginx->worker_pid;

for my $path (qw(/slow /hangs /cached /early)) {
    $nginx->begin($path, token => $token) for 1 .. 3;                            # closed at once
    my @later = map { $nginx->begin($path, token => $token) } 1 .. 3;
    sleep 0.1;
    @later = ();                                                                 # closed while waiting
    $nginx->get_http2($path, token => $token, port => 'PORT_H2', max_time => 0.2) for 1 .. 2;
    ok wait_for(20, sub { $nginx->get('/slow', token => $token)->status == 200 }), "$path: the next request passes";
}
is $nginx->get('/cached', token => $token)->status, 200, 'keys that were cached for one who left are there for the next';

my $posting = $nginx->begin('/slow', raw => "POST /slow HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer $token\r\nContent-Length: 100000\r\n\r\nabc");
sleep 0.2;
undef $posting;
$nginx->keep_out_of_log($token);
is $nginx->get_http2('/slow', token => $token, port => 'PORT_H2')->status, 200, 'HTTP/2 passes when it stays';
is $nginx->worker_pid, $worker, 'the same worker lives';

finish();
