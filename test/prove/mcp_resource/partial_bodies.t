# A request that was let in, and whose client did not send its body whole, has failed: the record, the metrics and the
# status page agree. One that could not be judged for that was never decided: none of them knows it.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Collector;
use TestNginx::Mcp;
use TestNginx::Recorded;

use Time::HiRes qw(sleep);

my $collector = TestNginx::Collector->begin;
my $backend   = run_origin();
my $proxy     = 'proxy_pass http://127.0.0.1:' . $backend->port . ';';
my @nginx     = map { run_nginx(<<"CONF", { 'jwks.json' => jwks('p256') }) } "mcp_trace_exporter @{[ $collector->url ]};", '';
    mcp_scopes_supported a;
    $record_format
    client_body_timeout 1s;
    $_
    server {
        listen 127.0.0.1:%%PORT%%;
        $record_log
        access_log %%TESTDIR%%/all.log;
        location /mcp   { $protected $proxy }
        location /rules { $protected mcp_scope b tool=closed; $proxy }
    }
$telling_server
CONF
my $token = access_token(scope => 'a');
my $body  = message('tools/call', name => 'echo');

sub lines_of ($file) { open my $in, '<', $file or return; return my @lines = <$in> }

# What is known once a client has sent half of its body, and `$ends`.
sub told ($nginx, $path, $ends) {
    $nginx->keep_out_of_log($token);
    my $all    = $nginx->dir . '/all.log';
    my $before = lines_of($all);
    my $client = $nginx->begin($path, raw => join "\r\n", "POST $path HTTP/1.1", 'Host: x', "Authorization: Bearer $token", 'Content-Type: application/json', 'Content-Length: ' . length $body, '', substr $body, 0, 20);
    sleep 0.3;
    $ends->($client);
    ok wait_for(10, sub { lines_of($all) > $before }), 'it has ended';
    return [records($nginx)];
}

for my $nginx (@nginx) {
    my $name = $nginx == $nginx[0] ? 'with traces' : 'without';
    my $count = 0;
    for my $end (['the client leaves', sub ($client) { close $client }], ['the client stops', sub ($client) { TestNginx::Http::read_to_end($client, 20) }]) {
        my $lines = told($nginx, '/mcp', $end->[1]);
        $count++;
        is scalar @$lines, $count, "$end->[0] ($name): a record";
        my $record = read_record($lines->[-1]);
        is "$record->{decision} " . ($record->{cut_by} // ''), 'pass client', '... which says who failed';
        ok wait_for(10, sub { metrics_text($nginx) =~ /_count\{[^}]*error_type="499"[^}]*\} $count\b/ }), '... as the metrics do' or diag metrics_text($nginx);
        my %sum;
        for my $minute (@{ status_page($nginx)->{last_hour} }) { $sum{$_} += $minute->{$_} for qw(passed failed refused) }
        is_deeply \%sum, { passed => 0, failed => $count, refused => 0 }, '... and the status page';
        is scalar @{ told($nginx, '/rules', $end->[1]) }, $count, '... before it is judged: no record';
    }
}
is scalar(() = $backend->requests('/mcp')), 0, 'the backend has seen none of them';

finish();
