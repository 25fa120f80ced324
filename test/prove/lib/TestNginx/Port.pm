package TestNginx::Port;

# Ports for programs that cannot pick one themselves, by the rule of test/peers/lib/processes.mjs.

use v5.36;

use IO::Socket::INET;

my @claimed;

# A port on which nobody listens, and which no test is given again before this process ends: a UDP socket of the same number
# claims it. Below Linux' ephemeral range (32768 up), so that no outgoing connection takes it in between.
sub free () {
    my $trouble;
    for my $attempt (1 .. 1000) {
        my $port  = 20_000 + int rand 12_000;
        my $claim = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $port, Proto => 'udp');
        $trouble = $!;
        next if !$claim || !IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $port, Listen => 1);
        push @claimed, $claim;
        return $port;
    }
    die "no free port between 20000 and 32000: $trouble\n";
}

1;
