# The harness itself, on plain nginx: a check that cannot fail proves nothing.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use TestNginx;

my $origin = run_origin();
$origin->answer('/fine',   body => 'fine');
$origin->answer('/gzip',   body => 'x' x 100, gzip => 1);
$origin->answer('/reset',  size => 1000, reset => 500);
$origin->answer('/hangs',  hang => 1);
$origin->answer('/broken', status => 500);

my $origin_port = $origin->port;
my $nginx = run_nginx(<<"CONF", {}, modules => [], allow => qr/a line that is allowed/);
    server {
        listen 127.0.0.1:%%PORT%%;
        root %%TESTDIR%%/html;
        location = /echo { return 200 "\$http_x_one|\$http_authorization|\$request_body"; }
        location = /two  { add_header WWW-Authenticate one always; add_header WWW-Authenticate two always; return 401; }
        location /proxy/ { proxy_pass http://127.0.0.1:$origin_port/; proxy_read_timeout 300ms; }
    }
    server { listen 127.0.0.1:%%PORT_H2%% http2; return 200 "\$server_protocol"; }
CONF

is $nginx->get('/ok')->body, "ok\n", 'a file is served';
is $nginx->get('/echo', headers => ['X-One: 1'], token => 'a.b.c')->body, '1|Bearer a.b.c|', 'headers arrive';
is join(',', $nginx->get('/two')->headers('www-authenticate')), 'one,two', 'repeated response headers are told apart';
is $nginx->get_http2('/', port => 'PORT_H2')->body, 'HTTP/2.0', 'HTTP/2 works';

my @pipelined = $nginx->send('', raw => "GET /ok HTTP/1.1\r\nHost: a\r\n\r\nGET /none HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
is join(',', map { $_->status } @pipelined), '200,404', 'pipelined responses are told apart';
is join(',', map { $_->status } $nginx->get_at_once(['/ok'], ['/none'])), '200,404', 'requests may overlap';

is $nginx->get('/proxy/fine', headers => ['X-Two: 2'])->body, 'fine', 'the origin answers';
is TestNginx::Origin::header(($origin->requests('/fine'))[0], 'x-two'), '2', 'the origin remembers what it was sent';
is $nginx->get('/proxy/broken')->status, 500, 'the origin can fail';
is $nginx->get('/proxy/hangs')->status, 504, 'the origin can hang';
is $nginx->get('/proxy/gzip')->header('Content-Encoding'), 'gzip', 'the origin can compress';
is length $nginx->get('/proxy/reset')->body < 1000, 1, 'the origin can reset the connection midway';
$origin->answer('/fine', body => 'changed');
is $nginx->get('/proxy/fine')->body, 'changed', 'the origin can change its mind';

my $worker = $nginx->worker_pid;
ok $nginx->reload && $nginx->worker_pid != $worker, 'a reload brings a new worker';

$nginx->get('/proxy/refused?token=thesecretsignature');
is join('', $nginx->problems), '', 'all is well so far';
$nginx->keep_out_of_log('header.payloadpayload.thesecretsignature');
system 'sh', '-c', 'echo "2000/01/01 00:00:00 [info] 1#1: thesecretsignature" >>' . $nginx->dir . '/error.log';
like join('', $nginx->problems), qr/in the log: part of a token, 18 bytes/, 'a token in the log is noticed';
my $log = $nginx->log =~ s/[^\n]*thesecretsignature[^\n]*\n//gr;
$nginx->write_file('error.log', $log . "[alert] something\n");
like join('', $nginx->problems), qr/something/, 'an alert is noticed';
$nginx->write_file('error.log', $log . "[alert] a line that is allowed\nworker process 12 exited with code 77\n");
like join('', $nginx->problems), qr/\Aworker process 12 exited with code 77\n\z/, 'a worker that failed is noticed';
$nginx->write_file('error.log', $log);
$nginx->write_file('sanitizer.1', "an error report\n");
like join('', $nginx->problems), qr/an error report/, "a sanitizer's report is noticed";
unlink $nginx->dir . '/sanitizer.1';
$nginx->write_file('valgrind.1.xml', '<error><kind>InvalidRead</kind><fn>f</fn></error>');
like join('', $nginx->problems), qr/InvalidRead in f/, "an error that valgrind found is noticed";
unlink $nginx->dir . '/valgrind.1.xml';

my ($passed, @lines) = nginx_t("server { listen 127.0.0.1:%%PORT%%; root a b; }\n", {}, modules => []);
is_deeply [$passed, @lines], ['', '[emerg] invalid number of arguments in "root" directive'], 'a bad configuration is told';

finish();
